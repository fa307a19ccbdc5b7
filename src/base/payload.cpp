#include "base/payload.h"

#include "base/limits.h"
#include "base/long_integer.h"
#include "base/packed_text.h"
#include "base/value/compare.h"
#include "base/value/json_border.h"
#include "base/value/parse.h"
#include "base/value/print.h"

#include <algorithm>
#include <atomic>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <thread>

namespace stepd {
namespace {

/// Of a stored text, whatever it was compressed from.
constexpr std::size_t kStoredBytesMax = 64 * 1024 * 1024;

/// A lock of one byte: a waiting execution keeps several payloads, and std::mutex takes 40 bytes in each.
class ByteLock {
 public:
  void lock() {
    while (held_.test_and_set(std::memory_order_acquire)) std::this_thread::yield();
  }
  void unlock() { held_.clear(std::memory_order_release); }

 private:
  std::atomic_flag held_ = ATOMIC_FLAG_INIT;
};

}  // namespace

namespace {

bool has_long_integer(const Json& value) {
  if (!value.is_structured()) return is_long_integer(value);
  return std::any_of(value.begin(), value.end(), has_long_integer);
}

}  // namespace

std::string print_json(const Json& value) {
  if (has_long_integer(value)) return print(from_json(value));
  return value.dump(-1, ' ', false, Json::error_handler_t::replace);
}

/// At least one of the tree and the stored form is there; each is only ever replaced by an equal one.
class Payload::Body {
 public:
  explicit Body(Value tree) : has_tree_(true), text_bytes_(tree.text_bytes()), tree_(std::move(tree)) {}
  Body(std::string text, Value tree) : Body(std::move(text)) {
    tree_ = std::move(tree);
    has_tree_ = true;
  }
  explicit Body(std::string text) : form_(Form::Text), text_bytes_(text.size()), stored_(std::move(text)) {}
  Body(std::string packed, std::size_t text_bytes)
      : form_(Form::Packed), text_bytes_(text_bytes), stored_(std::move(packed)) {}

  std::size_t size() const { return text_bytes_; }

  std::int64_t stored_id(std::int64_t owner) const {
    return owner_.load(std::memory_order_acquire) == owner ? stored_id_.load(std::memory_order_acquire) : 0;
  }
  void mark_stored(std::int64_t owner, std::int64_t id) const {
    std::int64_t nobody = 0;
    if (owner_.compare_exchange_strong(nobody, owner) || nobody == owner)
      stored_id_.store(id, std::memory_order_release);
  }

  Value value() const {
    const std::lock_guard guard(lock_);
    if (!has_tree_) {
      auto parsed = parse_value(form_ == Form::Packed ? unpacked() : stored_);
      if (!parsed) throw std::runtime_error("a stored payload is damaged: " + parsed.error().cause);
      tree_ = *std::move(parsed);
      has_tree_ = true;
    }
    return tree_;
  }

  std::string text() const {
    const std::lock_guard guard(lock_);
    return plain();
  }

  std::string packed() const {
    const std::lock_guard guard(lock_);
    pack();
    return stored_;
  }

  void drop_tree() const {
    const std::lock_guard guard(lock_);
    pack();
    tree_ = Value();
    has_tree_ = false;
  }

 private:
  enum class Form : std::uint8_t { None, Text, Packed };

  std::string unpacked() const {
    auto text = unpack_text(stored_, kStoredBytesMax);
    if (!text) throw std::runtime_error("a stored payload is damaged: it cannot be unpacked");
    return *std::move(text);
  }
  std::string plain() const {
    switch (form_) {
      case Form::Text:
        return stored_;
      case Form::Packed:
        return unpacked();
      case Form::None:
        break;
    }
    return print(tree_);
  }
  void pack() const {
    if (form_ == Form::Packed) return;
    stored_ = pack_text(plain());
    form_ = Form::Packed;
  }

  mutable std::atomic<std::int64_t> owner_{0};
  mutable std::atomic<std::int64_t> stored_id_{0};
  mutable ByteLock lock_;
  mutable bool has_tree_ = false;
  mutable Form form_ = Form::None;
  const std::size_t text_bytes_;
  mutable Value tree_;
  mutable std::string stored_;
};

Payload::Payload() {
  static const auto empty = std::make_shared<const Body>("{}", Value::empty_object());
  body_ = empty;
}

Payload::Payload(Value value) : body_(std::make_shared<const Body>(std::move(value))) {}

Payload::Payload(const Json& json) : Payload(from_json(json)) {}

Result<Payload> Payload::parse(std::string text) {
  STEPD_TRY(auto value, parse_value(text));
  return Payload(std::make_shared<const Body>(std::move(text), std::move(value)));
}

Payload Payload::trusted(std::string text) { return Payload(std::make_shared<const Body>(std::move(text))); }

std::optional<Payload> Payload::from_packed(std::string bytes) {
  const auto text_bytes = unpacked_size(bytes);
  if (!text_bytes) return std::nullopt;
  return Payload(std::make_shared<const Body>(std::move(bytes), *text_bytes));
}

Value Payload::value() const { return body_->value(); }
std::string Payload::text() const { return body_->text(); }
Json Payload::json() const { return to_json(value()); }
std::size_t Payload::size() const { return body_->size(); }
std::string Payload::packed() const { return body_->packed(); }
void Payload::drop_tree() const { body_->drop_tree(); }

std::int64_t Payload::stored_id(std::int64_t owner) const { return body_->stored_id(owner); }
void Payload::mark_stored(std::int64_t owner, std::int64_t id) const { body_->mark_stored(owner, id); }

bool operator==(const Payload& a, const Payload& b) {
  if (a.body_ == b.body_) return true;
  Budget budget;
  return equal(a.value(), b.value(), budget);
}

}  // namespace stepd
