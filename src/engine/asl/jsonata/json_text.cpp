#include "engine/asl/jsonata/json_text.h"

#include "base/value/escape.h"
#include "engine/asl/jsonata/text_units.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

namespace stepd::jsonata {

namespace {

constexpr std::size_t kErrorBytes = 1'000;

/// Writes JSON as JSON.stringify of jsonata-js's $string does. Recursion is bounded by the depth of values.
class JsonWriter {
 public:
  enum class Use : std::uint8_t { Text, Error };

  JsonWriter(std::string& out, Meter* meter, bool pretty, Use use)
      : out_(out), meter_(meter), pretty_(pretty), use_(use) {}

  void write(const Item& item) {
    if (use_ == Use::Error && out_.size() > kErrorBytes) return;
    if (meter_ != nullptr) {
      meter_->step();
      if (out_.size() > checked_) {
        meter_->check_string(out_.size());
        checked_ = out_.size() + kCheckEvery;
      }
    }
    if (item.is_string()) {
      append_quoted(item.text(), out_);
    } else if (item.is_number()) {
      write_number(item);
    } else if (item.is_array()) {
      write_array(item);
    } else if (item.is_object()) {
      write_object(item);
    } else if (item.is_bool()) {
      out_ += item.boolean() ? "true" : "false";
    } else {
      out_ += item.is_function() ? "\"\"" : "null";
    }
  }

 private:
  static constexpr std::size_t kCheckEvery = 65'536;

  void write_number(const Item& item) {
    if (item.is_json()) {
      if (const auto whole = item.json().integer()) {
        char digits[24];
        out_.append(digits, std::to_chars(digits, digits + sizeof digits, *whole).ptr);
        return;
      }
    }
    const double number = item.number();
    if (!std::isfinite(number)) {
      if (use_ == Use::Text && !std::isnan(number)) throw Failure("D1001").with_value("null");
      out_ += "null";
      return;
    }
    out_ += js_number(use_ == Use::Text && number != std::trunc(number) ? to_15_digits(number) : number);
  }

  void break_line() {
    if (!pretty_) return;
    out_ += '\n';
    out_.append(2 * level_, ' ');
  }

  void write_array(const Item& item) {
    if (item.size() == 0) {
      out_ += "[]";
      return;
    }
    out_ += '[';
    ++level_;
    bool first = true;
    for_each(item, [&](const Item& each) {
      if (!first) out_ += ',';
      first = false;
      break_line();
      write(each);
    });
    --level_;
    break_line();
    out_ += ']';
  }

  void write_object(const Item& item) {
    out_ += '{';
    ++level_;
    bool first = true;
    for_each_member(item, [&](std::string_view name, const Item& value) {
      if (value.is_undefined()) return;
      if (!first) out_ += ',';
      first = false;
      break_line();
      append_quoted(name, out_);
      out_ += pretty_ ? ": " : ":";
      write(value);
    });
    --level_;
    if (!first) break_line();
    out_ += '}';
  }

  std::string& out_;
  Meter* meter_;
  const bool pretty_;
  const Use use_;
  std::size_t level_ = 0;
  std::size_t checked_ = 0;
};

}  // namespace

std::string js_number(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value < 0 ? "-Infinity" : "Infinity";
  if (value == 0) return "0";
  std::array<char, 40> text;
  if (std::abs(value) < 1e15 && value == std::trunc(value)) {
    return {text.data(), std::to_chars(text.data(), text.data() + text.size(), static_cast<std::int64_t>(value)).ptr};
  }
  const auto end =
      std::to_chars(text.data(), text.data() + text.size(), std::abs(value), std::chars_format::scientific).ptr;
  const auto mark = std::find(text.data(), end, 'e');
  std::string digits;
  std::remove_copy(text.data(), mark, std::back_inserter(digits), '.');
  int exponent = 0;
  std::from_chars(mark + (mark[1] == '+' ? 2 : 1), end, exponent);
  const int count = static_cast<int>(digits.size());
  const int point = exponent + 1;  // digits before the point
  std::string out = value < 0 ? "-" : "";
  if (point > 21 || point < -5) {
    out += digits[0];
    if (count > 1) out.append(".").append(digits, 1);
    return out + (exponent < 0 ? "e-" : "e+") + std::to_string(std::abs(exponent));
  }
  if (point <= 0) return out + "0." + std::string(static_cast<std::size_t>(-point), '0') + digits;
  if (count <= point) return out + digits + std::string(static_cast<std::size_t>(point - count), '0');
  return out + digits.substr(0, static_cast<std::size_t>(point)) + "." + digits.substr(static_cast<std::size_t>(point));
}

double to_15_digits(double value) {
  std::array<char, 40> text;
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::scientific, 14).ptr;
  double rounded = value;
  std::from_chars(text.data(), end, rounded);
  return rounded;
}

void append_quoted(std::string_view text, std::string& out) {
  if (!has_surrogates(text)) {
    const std::size_t before = out.size();
    out.resize(before + printed_bytes(text));
    write_quoted(out.data() + before, text, false);
    return;
  }
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const char32_t c = next_code_point(text, at);
    if (c >= 0xD800 && c <= 0xDFFF) {
      std::array<char, 8> escape;
      std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(c));
      out += escape.data();
      continue;
    }
    const auto part = text.substr(begin, at - begin);
    std::string quoted(printed_bytes(part), '\0');
    write_quoted(quoted.data(), part, false);
    out.append(quoted, 1, quoted.size() - 2);
  }
  out += '"';
}

void append_string(const Item& item, Meter& meter, std::string& out) {
  if (item.is_undefined() || item.is_function()) return;
  if (item.is_string()) {
    meter.check_string(out.size() + item.text().size());
    out += item.text();
    return;
  }
  if (item.is_number() && !std::isfinite(item.number())) throw Failure("D3001").with_value("null");
  JsonWriter(out, &meter, false, JsonWriter::Use::Text).write(item.has(Item::kOuter) ? item.at(0) : item);
  meter.check_string(out.size());
}

std::string pretty_json(const Item& item, Meter& meter) {
  std::string out;
  JsonWriter(out, &meter, true, JsonWriter::Use::Text).write(item.has(Item::kOuter) ? item.at(0) : item);
  meter.check_string(out.size());
  return out;
}

std::string json_for_error(const Item& item) {
  if (item.is_undefined()) return {};
  std::string out;
  if (item.is_string() && item.text().size() > kErrorBytes) {
    const auto text = item.text();
    append_quoted(text.substr(0, utf16_offset(text, kErrorBytes / 2)), out);
    return out;
  }
  JsonWriter(out, nullptr, false, JsonWriter::Use::Error).write(item);
  if (out.size() > kErrorBytes) {
    std::size_t end = kErrorBytes;
    while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xC0) == 0x80) --end;
    out.resize(end);
  }
  return out;
}

}  // namespace stepd::jsonata
