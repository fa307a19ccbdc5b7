// Functions of strings that need no regular expression.
#include "engine/asl/jsonata/function_table.h"
#include "engine/asl/jsonata/json_text.h"
#include "engine/asl/jsonata/text_units.h"

#include <algorithm>
#include <cmath>

namespace stepd::jsonata::native {

namespace {

/// The text between two positions in code points, as JavaScript's slice() cuts an array.
std::string_view slice(std::string_view text, std::size_t length, double begin, double end) {
  const auto size = static_cast<double>(length);
  const auto place = [&](double at) { return at < 0 ? std::max(size + at, 0.0) : std::min(at, size); };
  const double first = place(std::trunc(begin));
  const double last = place(std::trunc(end));
  if (first >= last) return {};
  const std::size_t from = code_point_offset(text, static_cast<std::size_t>(first));
  const auto rest = text.substr(from);
  return rest.substr(0, code_point_offset(rest, static_cast<std::size_t>(last - first)));
}

}  // namespace

Item string(const Call& call) {
  const Item& item = call[0];
  if (item.is_undefined() || item.is_string()) return item;
  const bool pretty = call[1].boolean();
  if (pretty && (item.is_array() || item.is_object()))
    return Item::string(pretty_json(item, call.meter()), call.meter());
  std::string text;
  append_string(item, call.meter(), text);
  return Item::string(std::move(text), call.meter());
}

Item substring(const Call& call) {
  if (call.lacks(0)) return {};
  const std::string_view text = call[0].text();
  const std::size_t length = code_point_length(text);
  const auto size = static_cast<double>(length);
  double begin = call[1].number();
  if (size + begin < 0) begin = 0;
  double end = size;
  if (!call.lacks(2)) {
    if (call[2].number() <= 0) return Item::string({}, call.meter());
    end = begin >= 0 ? begin + call[2].number() : size + begin + call[2].number();
  }
  return Item::string(std::string(slice(text, length, begin, end)), call.meter());
}

Item substring_before(const Call& call) {
  if (call.lacks(0)) return {};
  const auto at = call.lacks(1) ? std::string_view::npos : call[0].text().find(call[1].text());
  if (at == std::string_view::npos) return call[0];
  return Item::string(std::string(call[0].text().substr(0, at)), call.meter());
}

Item substring_after(const Call& call) {
  if (call.lacks(0)) return {};
  const auto at = call.lacks(1) ? std::string_view::npos : call[0].text().find(call[1].text());
  if (at == std::string_view::npos) return call[0];
  return Item::string(std::string(call[0].text().substr(at + call[1].text().size())), call.meter());
}

Item lowercase(const Call& call) {
  return call.lacks(0) ? Item() : Item::string(to_lower(call[0].text()), call.meter());
}

Item uppercase(const Call& call) {
  return call.lacks(0) ? Item() : Item::string(to_upper(call[0].text()), call.meter());
}

Item length(const Call& call) {
  return call.lacks(0) ? Item() : Item::number(static_cast<double>(code_point_length(call[0].text())));
}

Item trim(const Call& call) {
  if (call.lacks(0)) return {};
  constexpr std::string_view kTrimmed = " \t\n\r";
  std::string out;
  bool blank = false;
  for (const char c : call[0].text()) {
    if (kTrimmed.find(c) != std::string_view::npos) {
      blank = !out.empty();
      continue;
    }
    if (blank) out += ' ';
    blank = false;
    out += c;
  }
  return Item::string(std::move(out), call.meter());
}

Item pad(const Call& call) {
  if (call.lacks(0)) return {};
  const std::string_view text = call[0].text();
  const double width = std::trunc(call[1].number());
  const double missing = std::abs(width) - static_cast<double>(code_point_length(text));
  if (!(missing > 0)) return call[0];
  const std::string filler = call[2].text().empty() ? " " : std::string(call[2].text());
  call.meter().check_string(static_cast<std::uint64_t>(std::min(missing, 1e15)));
  const std::size_t characters = code_point_length(filler);
  const auto count = static_cast<std::size_t>(missing);
  call.meter().check_string(count / characters * filler.size());
  call.meter().step(count / 16);
  std::string padding;
  for (std::size_t i = 0; i < count / characters; ++i) padding += filler;
  padding.append(filler, 0, code_point_offset(filler, count % characters));
  return Item::string(width > 0 ? std::string(text) + padding : padding + std::string(text), call.meter());
}

Item join(const Call& call) {
  if (call.lacks(0)) return {};
  const std::string_view separator = call[1].text();
  std::string out;
  bool first = true;
  for_each(call[0], [&](const Item& item) {
    if (!first) out += separator;
    first = false;
    out += item.text();
    call.meter().check_string(out.size());
  });
  call.meter().step(call[0].size());
  return Item::string(std::move(out), call.meter());
}

}  // namespace stepd::jsonata::native
