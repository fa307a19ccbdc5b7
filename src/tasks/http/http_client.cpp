#include "tasks/http/http_client.h"

#include "base/http_field.h"
#include "base/mutex.h"

#include <curl/curl.h>
#include <pthread.h>

#include <strings.h>
#include <algorithm>
#include <list>
#include <map>
#include <stdexcept>
#include <string_view>
#include <thread>

namespace stepd::tasks {
namespace {

AslError cancelled() { return {"Http.Cancelled", "The request was cancelled."}; }

void prepare_curl() {
  static const CURLcode prepared = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (prepared != CURLE_OK) throw std::runtime_error(std::string("libcurl: ") + curl_easy_strerror(prepared));
}

/// One request under way; owned by the client's thread.
struct Exchange {
  std::string id;
  HttpRequest request;
  std::function<void(Result<HttpResponse>)> on_done;
  std::size_t limit = 0;
  HttpResponse response;
  bool too_large = false;
  char why[CURL_ERROR_SIZE] = {};
  curl_slist* fields = nullptr;
  CURL* easy = nullptr;

  ~Exchange() {
    curl_easy_cleanup(easy);
    curl_slist_free_all(fields);
  }
};

/// The value of a field that is refused is not shown: it may be a secret.
Result<void> print_head(Exchange& exchange) {
  if (!is_http_token(exchange.request.method)) return AslError{"Http.InvalidRequest", "The method is no token."};
  for (const auto& [name, value] : exchange.request.fields) {
    const auto line = print_http_field(name, value);
    if (!line) {
      return AslError{"Http.InvalidRequest", "The header field " + to_http_field_value(name) +
                                                 " holds a character that may not stand in one."};
    }
    exchange.fields = curl_slist_append(exchange.fields, line->c_str());
  }
  exchange.fields = curl_slist_append(exchange.fields, "Expect:");
  return {};
}

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto& exchange = *static_cast<Exchange*>(self);
  if (exchange.response.body.size() + size * count > exchange.limit) {
    exchange.too_large = true;
    return 0;
  }
  exchange.response.body.append(bytes, size * count);
  return size * count;
}

std::size_t take_field(char* bytes, std::size_t size, std::size_t count, void* self) {
  auto& response = static_cast<Exchange*>(self)->response;
  std::string_view line(bytes, size * count);
  while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
  if (line.starts_with("HTTP/")) {
    response.fields.clear();  // of an interim answer
    return size * count;
  }
  const auto colon = line.find(':');
  if (colon == std::string_view::npos) return size * count;
  auto value = line.substr(colon + 1);
  while (!value.empty() && value.front() == ' ') value.remove_prefix(1);
  response.fields.emplace_back(line.substr(0, colon), value);
  return size * count;
}

}  // namespace

std::string HttpResponse::field(std::string_view name) const {
  for (const auto& [key, value] : fields) {
    if (key.size() == name.size() && strncasecmp(key.data(), name.data(), name.size()) == 0) return value;
  }
  return "";
}

struct HttpClient::Room {
  Limits limits;
  CURLM* multi = nullptr;

  Mutex mutex;
  std::list<std::unique_ptr<Exchange>> arrived STEPD_GUARDED_BY(mutex);
  std::list<std::string> unwanted STEPD_GUARDED_BY(mutex);
  bool closing STEPD_GUARDED_BY(mutex) = false;

  std::map<CURL*, std::unique_ptr<Exchange>> under_way;  // the thread's alone
  std::thread thread;

  void run();
  /// False when the client is being destroyed.
  bool take_mail();
  void begin(std::unique_ptr<Exchange> exchange);
  void finish(CURL* easy, CURLcode code);
  void drop(const std::string& id);
};

void HttpClient::Room::run() {
  int running = 0;
  while (take_mail()) {
    curl_multi_perform(multi, &running);
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi, &left)) {
      if (message->msg == CURLMSG_DONE) finish(message->easy_handle, message->data.result);
    }
    curl_multi_poll(multi, nullptr, 0, 1'000, nullptr);
  }
  for (auto& [easy, exchange] : under_way) {
    curl_multi_remove_handle(multi, easy);
    exchange->on_done(cancelled());
  }
}

bool HttpClient::Room::take_mail() {
  std::list<std::unique_ptr<Exchange>> begun;
  std::list<std::string> dropped;
  bool open = true;
  {
    const MutexLock lock(mutex);
    begun.swap(arrived);
    dropped.swap(unwanted);
    open = !closing;
  }
  for (auto& exchange : begun) begin(std::move(exchange));
  for (const auto& id : dropped) drop(id);
  return open;
}

void HttpClient::Room::begin(std::unique_ptr<Exchange> exchange) {
  if (const auto printed = print_head(*exchange); !printed) return exchange->on_done(printed.error());
  CURL* easy = exchange->easy = curl_easy_init();
  const auto& request = exchange->request;
  exchange->limit = limits.response_bytes;
  curl_easy_setopt(easy, CURLOPT_URL, request.url.c_str());
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_CUSTOMREQUEST, request.method.c_str());
  curl_easy_setopt(easy, CURLOPT_HTTPHEADER, exchange->fields);
  curl_easy_setopt(easy, CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  curl_easy_setopt(easy, CURLOPT_POSTFIELDS, request.body.c_str());
  curl_easy_setopt(easy, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(limits.connect.count()));
  if (request.timeout.count() > 0)
    curl_easy_setopt(easy, CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, exchange->why);
  curl_easy_setopt(easy, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(easy, CURLOPT_WRITEDATA, exchange.get());
  curl_easy_setopt(easy, CURLOPT_HEADERFUNCTION, take_field);
  curl_easy_setopt(easy, CURLOPT_HEADERDATA, exchange.get());
  curl_multi_add_handle(multi, easy);
  under_way.emplace(easy, std::move(exchange));
}

void HttpClient::Room::finish(CURL* easy, CURLcode code) {
  auto node = under_way.extract(easy);
  auto& exchange = *node.mapped();
  long status = 0;
  curl_easy_getinfo(easy, CURLINFO_RESPONSE_CODE, &status);
  curl_multi_remove_handle(multi, easy);
  if (exchange.too_large) {
    exchange.on_done(
        AslError{"Http.TooLarge", "The answer is larger than " + std::to_string(exchange.limit) + " bytes."});
  } else if (code != CURLE_OK) {
    exchange.on_done(AslError{"Http.Failed", exchange.why[0] != '\0' ? exchange.why : curl_easy_strerror(code)});
  } else {
    exchange.response.status = static_cast<int>(status);
    exchange.on_done(std::move(exchange.response));
  }
}

void HttpClient::Room::drop(const std::string& id) {
  for (auto at = under_way.begin(); at != under_way.end();) {
    const auto here = at++;
    if (here->second->id != id) continue;
    auto node = under_way.extract(here);
    curl_multi_remove_handle(multi, node.key());
    node.mapped()->on_done(cancelled());
  }
}

HttpClient::HttpClient(Limits limits) : room_(std::make_unique<Room>()) {
  prepare_curl();
  room_->limits = limits;
  room_->multi = curl_multi_init();
  curl_multi_setopt(room_->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, limits.connections);
  room_->thread = std::thread([room = room_.get()] { room->run(); });
  pthread_setname_np(room_->thread.native_handle(), "http-client");
}

HttpClient::~HttpClient() {
  {
    const MutexLock lock(room_->mutex);
    room_->closing = true;
  }
  curl_multi_wakeup(room_->multi);
  room_->thread.join();
  room_->under_way.clear();
  curl_multi_cleanup(room_->multi);
}

void HttpClient::send(std::string id, HttpRequest request, std::function<void(Result<HttpResponse>)> on_done) {
  auto exchange = std::make_unique<Exchange>();
  exchange->id = std::move(id);
  exchange->request = std::move(request);
  exchange->on_done = std::move(on_done);
  {
    const MutexLock lock(room_->mutex);
    room_->arrived.push_back(std::move(exchange));
  }
  curl_multi_wakeup(room_->multi);
}

void HttpClient::cancel(const std::string& id) {
  {
    const MutexLock lock(room_->mutex);
    room_->unwanted.push_back(id);
  }
  curl_multi_wakeup(room_->multi);
}

}  // namespace stepd::tasks
