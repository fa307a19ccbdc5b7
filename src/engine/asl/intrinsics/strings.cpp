// The intrinsics over texts: formatting, splitting, JSON, Base64, hashes. All of them work on UTF-8.
#include "base/digest.h"
#include "base/encoding.h"
#include "base/value/builder.h"
#include "base/value/parse.h"
#include "base/value/print.h"
#include "engine/asl/errors.h"
#include "engine/asl/intrinsics/intrinsic.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace stepd::asl::intrinsic {
namespace {

constexpr std::size_t kEncodingBytes = 10'000;

/// A text that stops growing at a limit, so that what is made of many large values stays small.
class BoundedText {
 public:
  explicit BoundedText(std::size_t most) : most_(most) {}

  /// False where the limit is met; it then stays so.
  bool add(std::string_view more) {
    full_ = full_ || more.size() > most_ - text_.size();
    if (!full_) text_ += more;
    return !full_;
  }
  bool is_full() const { return full_; }
  const std::string& text() const { return text_; }

 private:
  std::size_t most_;
  bool full_ = false;
  std::string text_;
};

Result<Value> text_value(std::string_view text, Budget& budget) {
  Builder builder(budget);
  if (!builder.string(text)) return errors::of_limit(builder.limit());
  return std::move(builder).finish();
}

/// Values inside a formatted string: strings bare, objects and arrays as the Java maps and lists that AWS shows. False
/// where the text is full. The recursion is bounded by the depth of values.
bool print_java(const Value& value, BoundedText& out) {
  if (value.is_string()) return out.add(value.string());
  if (value.is_object()) {
    bool first = true;
    out.add("{");
    for (const auto& [name, member] : value.members()) {
      if (!std::exchange(first, false)) out.add(", ");
      out.add(name);
      if (!out.add("=") || !print_java(member, out)) return false;
    }
    return out.add("}");
  }
  if (value.is_array()) {
    bool first = true;
    out.add("[");
    for (const auto& item : value.items()) {
      if (!std::exchange(first, false)) out.add(", ");
      if (!print_java(item, out)) return false;
    }
    return out.add("]");
  }
  return out.add(print(value));
}

/// One view per character of UTF-8.
std::vector<std::string_view> letters(std::string_view text) {
  std::vector<std::string_view> all;
  while (!text.empty()) {
    std::size_t size = 1;
    while (size < text.size() && (text[size] & 0xC0) == 0x80) ++size;
    all.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return all;
}

std::optional<DigestKind> digest_kind(std::string_view algorithm) {
  if (algorithm == "MD5") return DigestKind::Md5;
  if (algorithm == "SHA-1") return DigestKind::Sha1;
  if (algorithm == "SHA-256") return DigestKind::Sha256;
  if (algorithm == "SHA-384") return DigestKind::Sha384;
  if (algorithm == "SHA-512") return DigestKind::Sha512;
  return std::nullopt;
}

}  // namespace

Result<Value> format(std::vector<Value>& arguments, const Scope& scope) {
  if (!arguments[0].is_string()) return intrinsic_failure("The template of States.Format must be a string");
  const auto text = arguments[0].string();
  BoundedText out(scope.budget().bytes);
  std::size_t next = 1;
  for (std::size_t i = 0; i < text.size() && !out.is_full(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      out.add(text.substr(++i, 1));
    } else if (text[i] == '{') {
      // Measured on AWS, with this text. What it makes of a '}' alone is not known.
      if (!text.substr(++i).starts_with('}'))
        return intrinsic_failure("Invalid template in States.Format: matching '}' not found for '{'.");
      if (next == arguments.size()) return intrinsic_failure("States.Format has more {} than arguments");
      print_java(arguments[next++], out);
    } else {
      out.add(text.substr(i, 1));
    }
  }
  if (out.is_full()) return errors::of_limit(Limit::Bytes);
  if (next != arguments.size()) return intrinsic_failure("States.Format has fewer {} than arguments");
  return text_value(out.text(), scope.budget());
}

Result<Value> string_split(std::vector<Value>& arguments, const Scope& scope) {
  if (!arguments[0].is_string() || !arguments[1].is_string()) {
    return intrinsic_failure("The arguments of States.StringSplit must be strings");
  }
  const auto splitters = letters(arguments[1].string());
  Builder parts(scope.budget());
  parts.begin_array();
  std::string part;
  const auto close = [&] {
    if (!part.empty()) parts.string(std::exchange(part, {}));
  };
  for (const auto letter : letters(arguments[0].string())) {
    if (std::find(splitters.begin(), splitters.end(), letter) != splitters.end())
      close();
    else
      part += letter;
  }
  close();
  if (!parts.end()) return errors::of_limit(parts.limit());
  return std::move(parts).finish();
}

Result<Value> base64_encode(std::vector<Value>& arguments, const Scope& scope) {
  if (!arguments[0].is_string()) return intrinsic_failure("The argument of States.Base64Encode must be a string");
  const auto text = arguments[0].string();
  if (text.size() > kEncodingBytes) return intrinsic_failure("States.Base64Encode takes at most 10,000 characters");
  return text_value(to_base64(text), scope.budget());
}

Result<Value> base64_decode(std::vector<Value>& arguments, const Scope& scope) {
  if (!arguments[0].is_string()) return intrinsic_failure("The argument of States.Base64Decode must be a string");
  const auto text = arguments[0].string();
  if (text.size() > kEncodingBytes) return intrinsic_failure("States.Base64Decode takes at most 10,000 characters");
  const auto bytes = from_base64_leniently(text);
  if (!bytes) return intrinsic_failure("The argument of States.Base64Decode is no Base64");
  return text_value(*bytes, scope.budget());  // what is no UTF-8 becomes U+FFFD, as in a Java string
}

Result<Value> hash(std::vector<Value>& arguments, const Scope&) {
  if (!arguments[1].is_string()) return intrinsic_failure("The algorithm of States.Hash must be a string");
  const auto kind = digest_kind(arguments[1].string());
  if (!kind) return intrinsic_failure("The algorithm of States.Hash must be MD5, SHA-1, SHA-256, SHA-384 or SHA-512");
  const auto& hashed = arguments[0];
  if ((hashed.is_string() ? hashed.string().size() : hashed.text_bytes()) > kEncodingBytes)
    return intrinsic_failure("States.Hash takes at most 10,000 characters");
  const auto digest = digest_of(*kind, hashed.is_string() ? std::string(hashed.string()) : print(hashed));
  if (!digest) return intrinsic_failure("The algorithm of States.Hash is not available on this machine");
  return Value::string(to_hex(*digest));
}

Result<Value> json_merge(std::vector<Value>& arguments, const Scope& scope) {
  if (!arguments[0].is_object() || !arguments[1].is_object()) {
    return intrinsic_failure("The first two arguments of States.JsonMerge must be objects");
  }
  if (!arguments[2].is_bool() || arguments[2].boolean())
    return intrinsic_failure("States.JsonMerge merges shallowly only: its third argument must be false");
  Builder merged(scope.budget());
  merged.begin_object();
  for (const auto& object : {arguments[0], arguments[1]}) {
    for (const auto& [name, member] : object.members()) {  // of a name that stands twice the last value counts
      if (!merged.key(name) || !merged.add(member)) return errors::of_limit(merged.limit());
    }
  }
  if (!merged.end()) return errors::of_limit(merged.limit());
  return std::move(merged).finish();
}

Result<Value> json_to_string(std::vector<Value>& arguments, const Scope& scope) {
  if (arguments[0].text_bytes() > scope.budget().bytes) return errors::of_limit(Limit::Bytes);
  return text_value(print(arguments[0]), scope.budget());
}

Result<Value> string_to_json(std::vector<Value>& arguments, const Scope& scope) {
  if (!arguments[0].is_string()) return intrinsic_failure("The argument of States.StringToJson must be a string");
  const auto text = arguments[0].string();
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return Value();  // AWS: a blank text is null
  auto& budget = scope.budget();
  budget.reached = Limit::None;
  auto parsed = parse(text, budget);
  if (!parsed && (budget.reached == Limit::Bytes || budget.reached == Limit::Fresh))
    return errors::of_limit(budget.reached);
  if (!parsed) return intrinsic_failure("The argument of States.StringToJson is no JSON: " + parsed.error().cause);
  return parsed;
}

}  // namespace stepd::asl::intrinsic
