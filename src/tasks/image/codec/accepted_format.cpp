#include "tasks/image/codec/accepted_format.h"

#include "tasks/image/codec/encode.h"
#include "tasks/image/codec/writable.h"
#include "tasks/image/resize/resize_options.h"

#include <charconv>

namespace stepd::tasks::image {
namespace {

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// Up to the next `separator`, which is taken away too.
std::string_view take_part(std::string_view& text, char separator) {
  const auto end = text.find(separator);
  const auto part = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return trimmed(part);
}

double weight_of(std::string_view parameters) {
  while (!parameters.empty()) {
    const auto parameter = take_part(parameters, ';');
    if (!parameter.starts_with("q=")) continue;
    double weight = 0;
    const auto [end, fault] = std::from_chars(parameter.data() + 2, parameter.data() + parameter.size(), weight);
    return fault == std::errc() && end == parameter.data() + parameter.size() ? weight : 0;
  }
  return 1;
}

/// 0 if the list does not name it.
double weight_in(std::string_view accept, const FileType& type) {
  while (!accept.empty()) {
    auto entry = take_part(accept, ',');
    const auto name = take_part(entry, ';');
    if (name == type.media_type || name == type.name) return weight_of(entry);
  }
  return 0;
}

}  // namespace

const FileType* choose_format(std::string_view accept, bool needs_alpha, bool animated, const FileType* fallback) {
  const FileType* best = fallback;
  double most = 0;
  for (const auto name : kWritableFormats) {
    const auto abilities = abilities_of(name);
    if ((needs_alpha && !abilities.alpha) || (animated && !abilities.animation)) continue;
    const auto* type = type_named(name);
    const double weight = weight_in(accept, *type);
    if (weight <= most || !why_not_writable(name).empty()) continue;
    most = weight;
    best = type;
  }
  return best;
}

}  // namespace stepd::tasks::image
