// Functions of date and time, and of pictures of integers.
#include "engine/asl/jsonata/date_picture.h"
#include "engine/asl/jsonata/function_table.h"
#include "engine/asl/jsonata/json_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace stepd::jsonata::native {

namespace {

/// "+0530" is 530; a text that begins with no number is 0.
int read_offset(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  int offset = 0;
  std::from_chars(text.data(), text.data() + text.size(), offset);
  return std::clamp(offset, -99'999, 99'999);
}

Item format_instant(double millis, const Item& picture, const Item& zone, Meter& meter) {
  if (picture.is_undefined() && zone.is_undefined()) return Item::string(format_iso_date(millis), meter);
  const auto parts = analyse_date_picture(
      picture.is_undefined() ? "[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]" : picture.text());
  meter.step(parts.size());
  return Item::string(format_date(millis, parts, read_offset(zone.text())), meter);
}

}  // namespace

Item now(const Call& call) {
  return format_instant(static_cast<double>(call.evaluator.environment().now_ms), call[0], call[1], call.meter());
}

Item millis(const Call& call) { return Item::number(static_cast<double>(call.evaluator.environment().now_ms)); }

Item from_millis(const Call& call) {
  if (call.lacks(0)) return {};
  return format_instant(call[0].number(), call[1], call[2], call.meter());
}

Item to_millis(const Call& call) {
  if (call.lacks(0)) return {};
  if (call.lacks(1)) {
    const auto millis = read_iso_date(call[0].text());
    if (!millis) throw Failure("D3110").with_value(json_for_error(call[0]));
    return Item::number(*millis);
  }
  const auto parts = analyse_date_picture(call[1].text());
  call.meter().step(parts.size());
  const auto millis =
      read_date(call[0].text(), parts, static_cast<double>(call.evaluator.environment().now_ms), call.meter());
  return millis ? Item::number(*millis) : Item();
}

Item format_integer(const Call& call) {
  if (call.lacks(0) || call.lacks(1)) return {};
  return Item::string(jsonata::format_integer(std::floor(call[0].number()), analyse_integer_picture(call[1].text())),
                      call.meter());
}

Item parse_integer(const Call& call) {
  if (call.lacks(0) || call.lacks(1)) return {};
  return Item::number(read_integer(call[0].text(), analyse_integer_picture(call[1].text())));
}

}  // namespace stepd::jsonata::native
