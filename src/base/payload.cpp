#include "base/payload.h"

#include "base/limits.h"

#include <mutex>
#include <nlohmann/json.hpp>

namespace stepd {
namespace {

/// Counts nesting while parsing, so that hostile input cannot exhaust the stack of whoever walks the value later.
class DepthGuard {
 public:
  bool operator()(int depth, Json::parse_event_t event, Json&) {
    if ((event == Json::parse_event_t::object_start || event == Json::parse_event_t::array_start) &&
        depth >= limits::kJsonDepth) {
      throw std::length_error("JSON is nested more than " + std::to_string(limits::kJsonDepth) + " levels deep");
    }
    return true;
  }
};

/// nlohmann's message without its own error number: "parse error at line 1, column 2: ...".
std::string without_prefix(const std::string& what) {
  const auto end = what.find("] ");
  return end == std::string::npos ? what : what.substr(end + 2);
}

}  // namespace

Result<Json> parse_json(std::string_view text) {
  try {
    return Json::parse(text, DepthGuard{});
  } catch (const Json::exception& error) {
    return AslError{"", without_prefix(error.what())};
  } catch (const std::length_error& error) {
    return AslError{"", error.what()};
  }
}

std::string print_json(const Json& value) {
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

struct Payload::Body {
  // Exactly one of the two is there from the start; the other is made when first asked for.
  mutable std::once_flag value_made;
  mutable std::once_flag text_made;
  mutable std::unique_ptr<const Json> value;
  mutable std::string text;
  bool from_text = false;
};

Payload::Payload() {
  static const auto empty = [] {
    auto body = std::make_shared<Body>();
    body->from_text = true;
    body->text = "{}";
    return body;
  }();
  body_ = empty;
}

Payload::Payload(Json value) {
  auto body = std::make_shared<Body>();
  body->value = std::make_unique<const Json>(std::move(value));
  body_ = std::move(body);
}

Result<Payload> Payload::parse(std::string text) {
  STEPD_TRY(Json value, parse_json(text));
  auto body = std::make_shared<Body>();
  body->from_text = true;
  body->text = std::move(text);
  std::call_once(body->value_made, [&] { body->value = std::make_unique<const Json>(std::move(value)); });
  return Payload(std::shared_ptr<const Body>(std::move(body)));
}

Payload Payload::trusted(std::string text) {
  auto body = std::make_shared<Body>();
  body->from_text = true;
  body->text = std::move(text);
  return Payload(std::shared_ptr<const Body>(std::move(body)));
}

const Json& Payload::value() const {
  if (body_->from_text) {
    std::call_once(body_->value_made, [this] { body_->value = std::make_unique<const Json>(Json::parse(body_->text)); });
  }
  return *body_->value;
}

const std::string& Payload::text() const {
  if (!body_->from_text) {
    std::call_once(body_->text_made, [this] { body_->text = print_json(*body_->value); });
  }
  return body_->text;
}

bool operator==(const Payload& a, const Payload& b) { return a.body_ == b.body_ || a.value() == b.value(); }

}  // namespace stepd
