// Requests and answers: fields, query parameters, the answer that is given exactly once. It moves no bytes.
#include "api/http.h"

#include "base/encoding.h"
#include "base/payload.h"

#include <algorithm>
#include <atomic>
#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char x, char y) { return lower(x) == lower(y); });
}

std::string to_lower(std::string_view text) {
  std::string lowered(text);
  std::transform(lowered.begin(), lowered.end(), lowered.begin(), lower);
  return lowered;
}

std::string_view Request::field(std::string_view name) const {
  for (const Field& field : fields) {
    if (equal_ignoring_case(field.name, name)) return field.value;
  }
  return {};
}

bool Request::has_field(std::string_view name) const {
  return std::any_of(fields.begin(), fields.end(),
                     [&](const Field& field) { return equal_ignoring_case(field.name, name); });
}

std::optional<std::string> Request::parameter(std::string_view name) const {
  std::optional<std::string> found;
  std::string_view rest = query;
  while (!rest.empty()) {
    const auto pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    const auto equals = std::min(pair.find('='), pair.size());
    const auto decoded = [](std::string_view part) {
      return percent_decode(part, Space::Plus).value_or(std::string(part));
    };
    if (decoded(pair.substr(0, equals)) == name) found = decoded(pair.substr(std::min(equals + 1, pair.size())));
  }
  return found;
}

std::string Request::media_type() const {
  auto type = field("content-type");
  type = type.substr(0, type.find(';'));
  while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.remove_suffix(1);
  return to_lower(type);
}

class Reply::Once {
 public:
  Once(std::function<void(Response)> deliver, std::function<void(std::function<void()>)> watch)
      : deliver_(std::move(deliver)), watch_(std::move(watch)) {}
  Once(const Once&) = delete;
  Once& operator=(const Once&) = delete;
  ~Once() {
    if (!answered_) deliver_(error_response(500, "internal error"));
  }
  void answer(Response response) {
    if (!answered_.exchange(true)) deliver_(std::move(response));
  }

  void watch(std::function<void()> gone) const {
    if (watch_ && !answered_) watch_(std::move(gone));
  }

 private:
  std::function<void(Response)> deliver_;
  const std::function<void(std::function<void()>)> watch_;
  std::atomic<bool> answered_{false};
};

Reply::Reply(std::function<void(Response)> deliver, std::function<void(std::function<void()>)> watch)
    : once_(std::make_shared<Once>(std::move(deliver), std::move(watch))) {}

void Reply::operator()(Response response) const { once_->answer(std::move(response)); }

void Reply::on_leaving(std::function<void()> gone) const { once_->watch(std::move(gone)); }

Response json_response(int status, const Json& body) {
  Response response;
  response.status = status;
  response.fields.push_back({"Content-Type", "application/json"});
  response.body = print_json(body);
  return response;
}

Response error_response(int status, std::string_view reason) {
  return json_response(status, Json{{"error", std::string(reason)}});
}

}  // namespace stepd::api
