#include "api/api_fixture.h"

#include "base/attribute/plain_attribute.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace stepd::api::test {

// ---- reader -----------------------------------------------------------------------------------------------------

std::optional<storage::StateMachineRecord> FakeReader::state_machine(const std::string& arn) const {
  for (const auto& record : machines) {
    if (record.arn == arn) return record;
  }
  return std::nullopt;
}

std::optional<storage::VersionRecord> FakeReader::version(const std::string& arn, std::uint32_t number) const {
  for (const auto& record : version_list) {
    if (record.machine_arn == arn && record.number == number) return record;
  }
  return std::nullopt;
}

std::vector<storage::VersionRecord> FakeReader::versions(const std::string& arn, std::uint32_t before,
                                                         std::size_t limit) const {
  std::vector<storage::VersionRecord> page;
  for (const auto& record : version_list) {
    if (record.machine_arn == arn && record.number < before && page.size() < limit) page.push_back(record);
  }
  return page;
}

std::optional<storage::AliasRecord> FakeReader::alias(const std::string& arn, const std::string& name) const {
  for (const auto& record : alias_list) {
    if (record.machine_arn == arn && record.name == name) return record;
  }
  return std::nullopt;
}

std::vector<storage::AliasRecord> FakeReader::aliases(const std::string& arn, const std::string& after,
                                                      std::size_t limit) const {
  std::vector<storage::AliasRecord> page;
  for (const auto& record : alias_list) {
    if (record.machine_arn == arn && record.name > after && page.size() < limit) page.push_back(record);
  }
  return page;
}

std::optional<storage::ActivityRecord> FakeReader::activity(const std::string& arn) const {
  for (const auto& record : activity_list) {
    if (record.arn == arn) return record;
  }
  return std::nullopt;
}

std::vector<storage::ActivityRecord> FakeReader::activities(const std::string& after, std::size_t limit) const {
  std::vector<storage::ActivityRecord> found;
  for (const auto& record : activity_list) {
    if (record.arn > after && found.size() < limit) found.push_back(record);
  }
  return found;
}

std::vector<storage::StateMachineRecord> FakeReader::state_machines(const std::string& after, std::size_t limit) const {
  if (broken) throw storage::StoreError("disk I/O error");
  std::vector<storage::StateMachineRecord> page;
  for (const auto& record : machines) {
    if (record.arn > after && page.size() < limit) page.push_back(record);
  }
  return page;
}

std::optional<storage::ExecutionRecord> FakeReader::execution(const std::string& arn) const {
  if (broken) throw storage::StoreError("disk I/O error in /secret/path");
  for (const auto& record : execution_list) {
    if (record.arn == arn) return record;
  }
  return std::nullopt;
}

std::vector<storage::ExecutionSummary> FakeReader::executions(const storage::ExecutionQuery& query) const {
  std::vector<storage::ExecutionSummary> page;
  for (const auto& record : execution_list) {
    const bool wanted = (!query.status || record.status == *query.status) &&
                        (!query.before || record.id < *query.before) &&
                        (!query.state_machine_arn || record.state_machine_arn == *query.state_machine_arn);
    if (wanted && page.size() < query.limit) page.push_back(record);
  }
  return page;
}

storage::StateMachineRecord machine(const std::string& arn) {
  storage::StateMachineRecord record;
  record.arn = arn;
  record.revision_id = "r1";
  record.name = arn.substr(arn.rfind(':') + 1);
  record.role_arn = "arn:aws:iam::123456789012:role/any";
  record.definition = R"({"StartAt":"A","States":{"A":{"Type":"Succeed"}}})";
  record.configuration = "{}";
  record.created_at = record.updated_at = kNow;
  return record;
}

storage::ExecutionRecord execution(std::int64_t id, storage::ExecutionStatus status) {
  storage::ExecutionRecord record;
  record.id = storage::ExecutionId{id};
  record.name = "n" + std::to_string(id);
  record.arn = "arn:aws:states:us-east-1:123456789012:execution:greet:" + record.name;
  record.state_machine_arn = kMachineArn;
  record.status = status;
  record.started_at = kNow;
  record.input = R"({"a":1})";
  return record;
}

// ---- objects ----------------------------------------------------------------------------------------------------

namespace {

ObjectStat stat_of(const MemoryObjects::Object& object) {
  return {object.bytes.size(), kNow, "etag" + std::to_string(object.bytes.size()), object.type, {}, {}};
}

class MemoryReader final : public ObjectReader {
 public:
  explicit MemoryReader(MemoryObjects::Object object) : object_(std::move(object)), stat_(stat_of(object_)) {}
  const ObjectStat& stat() const override { return stat_; }
  Result<std::size_t> read(void* buffer, std::size_t size) override {
    const auto count = object_.bytes.copy(static_cast<char*>(buffer), size, read_);
    read_ += count;
    return count;
  }

 private:
  MemoryObjects::Object object_;
  ObjectStat stat_;
  std::size_t read_ = 0;
};

}  // namespace

class MemoryWriter final : public ObjectWriter {
 public:
  MemoryWriter(MemoryObjects& owner, std::string key, NewObject object)
      : owner_(owner), key_(std::move(key)), condition_(std::move(object.condition)) {
    object_.type = object.content_type.empty() ? "application/octet-stream" : std::move(object.content_type);
  }
  ~MemoryWriter() override {
    const std::lock_guard lock(owner_.mutex_);
    --owner_.open_writers_;
  }
  Result<void> write(std::string_view bytes) override {
    const std::lock_guard lock(owner_.mutex_);
    if (auto error = std::exchange(owner_.next_error, std::nullopt)) return *error;
    owner_.largest_piece_ = std::max(owner_.largest_piece_, bytes.size());
    object_.bytes += bytes;
    return {};
  }
  Result<ObjectStat> commit() override {
    const std::lock_guard lock(owner_.mutex_);
    if (auto error = std::exchange(owner_.next_error, std::nullopt)) return *error;
    STEPD_CHECK(owner_.check_condition(key_, condition_));
    owner_.objects_[key_] = object_;
    return stat_of(object_);
  }

 private:
  MemoryObjects& owner_;
  std::string key_;
  ObjectCondition condition_;
  MemoryObjects::Object object_;
};

Result<void> MemoryObjects::check_condition(const std::string& key, const ObjectCondition& condition) const {
  if (!condition) return {};
  const auto found = objects_.find(key);
  if (found == objects_.end()) return condition(nullptr);
  const auto present = stat_of(found->second);
  return condition(&present);
}

Result<void> MemoryObjects::check(const ObjectRef& ref) const {
  asked_.insert(ref.bucket + " " + ref.key);
  if (ref.bucket != "uploads") return AslError{"Object.NoSuchBucket", "no bucket " + ref.bucket};
  const bool bad = ref.key.empty() || ref.key.find("..") != std::string::npos || ref.key.front() == '/' ||
                   ref.key.find("//") != std::string::npos || ref.key.size() > 1'024;
  if (bad) return AslError{"Object.InvalidKey", "bad key " + ref.key};
  return {};
}

std::map<std::string, MemoryObjects::Object> MemoryObjects::objects() const {
  const std::lock_guard lock(mutex_);
  return objects_;
}

void MemoryObjects::put(const std::string& key, std::string bytes, std::string type) {
  const std::lock_guard lock(mutex_);
  objects_[key] = {std::move(bytes), std::move(type)};
}

std::set<std::string> MemoryObjects::asked() const {
  const std::lock_guard lock(mutex_);
  return asked_;
}

std::size_t MemoryObjects::largest_piece() const {
  const std::lock_guard lock(mutex_);
  return largest_piece_;
}

int MemoryObjects::open_writers() const {
  const std::lock_guard lock(mutex_);
  return open_writers_;
}

Result<std::unique_ptr<ObjectReader>> MemoryObjects::open(const ObjectRef& ref) const {
  const std::lock_guard lock(mutex_);
  STEPD_CHECK(check(ref));
  const auto found = objects_.find(ref.key);
  if (found == objects_.end()) return AslError{"Object.NotFound", "no object " + ref.key};
  return std::make_unique<MemoryReader>(found->second);
}

Result<std::unique_ptr<ObjectWriter>> MemoryObjects::create(const ObjectRef& ref, NewObject object) {
  const std::lock_guard lock(mutex_);
  STEPD_CHECK(check(ref));
  ++open_writers_;
  return std::make_unique<MemoryWriter>(*this, ref.key, std::move(object));
}

Result<ObjectStat> MemoryObjects::head(const ObjectRef& ref) const {
  const std::lock_guard lock(mutex_);
  STEPD_CHECK(check(ref));
  const auto found = objects_.find(ref.key);
  if (found == objects_.end()) return AslError{"Object.NotFound", "no object " + ref.key};
  return stat_of(found->second);
}

Result<ObjectListing> MemoryObjects::list(std::string_view bucket, std::string_view prefix, std::string_view after,
                                          std::size_t limit) const {
  const std::lock_guard lock(mutex_);
  STEPD_CHECK(check({std::string(bucket), "-"}));
  ObjectListing listing;
  for (const auto& [key, object] : objects_) {
    if (!key.starts_with(prefix) || key <= after) continue;
    if (listing.entries.size() == limit) {
      listing.more = true;
      break;
    }
    listing.entries.push_back({key, stat_of(object)});
  }
  return listing;
}

Result<void> MemoryObjects::remove(const ObjectRef& ref, const ObjectCondition& condition) {
  const std::lock_guard lock(mutex_);
  STEPD_CHECK(check(ref));
  STEPD_CHECK(check_condition(ref.key, condition));
  objects_.erase(ref.key);
  return {};
}

Result<std::optional<Item>> FakeItems::get(const ItemRef& ref) const {
  if (ref.table != "images") return AslError{"Item.NoSuchTable", ref.table};
  const auto* key = ref.key.find("ImageKey");
  const auto found = items.find(key == nullptr ? "" : *key->as<std::string>());
  if (found == items.end()) return std::optional<Item>();
  return std::optional(item_from_plain_json(found->second));
}

// ---- client -----------------------------------------------------------------------------------------------------

std::string Answer::field(std::string_view name) const {
  std::size_t line = head.find("\r\n");
  while (line != std::string::npos && line + 2 < head.size()) {
    const auto end = head.find("\r\n", line + 2);
    const auto text = head.substr(line + 2, end - line - 2);
    const auto colon = text.find(": ");
    if (colon != std::string::npos && equal_ignoring_case(text.substr(0, colon), name)) return text.substr(colon + 2);
    line = end;
  }
  return "";
}

void expect_error(const Answer& answer, const std::string& type, const std::string& message, int status) {
  EXPECT_EQ(answer.status, status);
  EXPECT_TRUE(answer.field("Content-Type").starts_with("application/x-amz-json-1.")) << answer.head;
  const auto body = answer.json();
  EXPECT_EQ(body["__type"].get<std::string>(), type);
  EXPECT_EQ(body["message"].get<std::string>(), message);
}

Json Answer::json() const { return Json::parse(body); }

Socket::Socket(std::uint16_t port, const char* from) : socket_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in own{};
  own.sin_family = AF_INET;
  inet_pton(AF_INET, from, &own.sin_addr);
  if (bind(socket_, reinterpret_cast<sockaddr*>(&own), sizeof own) != 0) ADD_FAILURE() << "cannot call from " << from;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  timeval patience{20, 0};
  setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  setsockopt(socket_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  if (connect(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) ADD_FAILURE() << "cannot connect";
}

Socket::~Socket() { close(socket_); }

bool Socket::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void Socket::shut_sending() { shutdown(socket_, SHUT_WR); }

bool Socket::receive() {
  char bytes[65'536];
  const auto count = recv(socket_, bytes, sizeof bytes, 0);
  if (count < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) ADD_FAILURE() << "the server neither answers nor closes";
  if (count <= 0) return false;
  received_.append(bytes, static_cast<std::size_t>(count));
  return true;
}

Answer Socket::read_answer(Body body) {
  std::size_t end = 0;
  while ((end = received_.find("\r\n\r\n")) == std::string::npos) {
    if (!receive()) return {};
  }
  Answer answer;
  answer.head = received_.substr(0, end + 2);
  answer.status = std::stoi(answer.head.substr(9, 3));
  received_.erase(0, end + 4);
  if (answer.status == 100) return read_answer(body);
  const auto length = answer.field("content-length");
  if (body == Body::None || length.empty()) return answer;
  const auto size = std::stoull(length);
  while (received_.size() < size) {
    if (!receive()) break;
  }
  answer.body = received_.substr(0, size);
  received_.erase(0, size);
  return answer;
}

bool Socket::is_cut_within(std::chrono::milliseconds time) {
  pollfd readable{socket_, POLLIN, 0};
  return poll(&readable, 1, static_cast<int>(time.count())) > 0;
}

std::string Socket::read_rest() {
  while (receive()) {
  }
  return std::exchange(received_, "");
}

// ---- fixture ----------------------------------------------------------------------------------------------------

ServerOptions Api::on_a_free_port() {
  ServerOptions options;
  options.port = 0;
  options.timeouts.linger = std::chrono::milliseconds(200);
  return options;
}

Server& Api::server() {
  if (!server_) {
    server_ = make_server(options, {gateway, reader, store(), items, clock, false, nullptr, nullptr, nullptr, &doors},
                          routes);
    server_->start();
  }
  return *server_;
}

void Api::TearDown() { server_.reset(); }

Answer Api::raw(std::string_view bytes) {
  Socket socket(server().port());
  socket.send(bytes);
  return socket.read_answer();
}

Answer Api::ask(const std::string& method, const std::string& target, const std::string& body,
                const std::vector<std::string>& fields) {
  std::string request = method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
  bool typed = method != "POST";
  for (const auto& field : fields) {
    request += field + "\r\n";
    typed = typed || field.starts_with("Content-Type:");
  }
  if (!typed) request += "Content-Type: application/json\r\n";
  if (!body.empty() || method == "PUT" || method == "POST") {
    request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  }
  Socket socket(server().port());
  socket.send(request + "\r\n" + body);
  return socket.read_answer(method == "HEAD" ? Socket::Body::None : Socket::Body::Expected);
}

Answer Api::call_target(const std::string& target, const Json& arguments) {
  return ask("POST", "/", arguments.dump(), {"Content-Type: application/x-amz-json-1.1", "X-Amz-Target: " + target});
}

Answer Api::call_form(const std::string& scope, const std::string& form) {
  return ask("POST", "/", form,
             {"Content-Type: application/x-www-form-urlencoded; charset=utf-8",
              "Authorization: AWS4-HMAC-SHA256 Credential=AKID/20261130/us-east-1/" + scope +
                  "/aws4_request, SignedHeaders=host, Signature=0"});
}

Answer Api::call(const std::string& operation, const Json& arguments) {
  return ask("POST", "/", arguments.dump(),
             {"Content-Type: application/x-amz-json-1.0", "X-Amz-Target: AWSStepFunctions." + operation});
}

void Api::expect_alive() { EXPECT_EQ(ask("GET", "/health").status, 200); }

}  // namespace stepd::api::test
