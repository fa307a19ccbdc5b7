#include "base/payload.h"

#include <mutex>
#include <nlohmann/json.hpp>

namespace stepd {

std::string print_json(const Json& value) { return value.dump(-1, ' ', false, Json::error_handler_t::replace); }

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
    std::call_once(body_->value_made,
                   [this] { body_->value = std::make_unique<const Json>(parse_json(body_->text).value()); });
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
