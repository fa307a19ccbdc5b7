#include "daemon/cli/remote/metrics_text.h"

#include <cstdlib>
#include <optional>
#include <set>

namespace stepd::daemon {
namespace {

/// `a="x",b="y"}` from `at` on, which is left behind the brace.
std::optional<std::map<std::string, std::string, std::less<>>> read_labels(std::string_view line, std::size_t& at) {
  std::map<std::string, std::string, std::less<>> labels;
  while (at < line.size() && line[at] != '}') {
    const auto equals = line.find("=\"", at);
    if (equals == std::string_view::npos) return std::nullopt;
    auto& value = labels[std::string(line.substr(at, equals - at))];
    for (at = equals + 2; at < line.size() && line[at] != '"'; ++at) {
      if (line[at] == '\\' && at + 1 < line.size()) {
        ++at;
        value += line[at] == 'n' ? '\n' : line[at];
      } else {
        value += line[at];
      }
    }
    if (++at < line.size() && line[at] == ',') ++at;
  }
  if (at >= line.size()) return std::nullopt;
  ++at;
  return labels;
}

}  // namespace

MetricsText::MetricsText(std::string_view text) {
  while (!text.empty()) {
    const auto end = text.find('\n');
    const auto line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    auto at = line.find_first_of(" {");
    if (line.starts_with('#') || at == std::string_view::npos) continue;
    const std::string name(line.substr(0, at));
    Sample sample;
    if (line[at] == '{') {
      auto labels = read_labels(line, ++at);
      if (!labels) continue;
      sample.labels = *std::move(labels);
    }
    sample.value = std::strtod(std::string(line.substr(at)).c_str(), nullptr);
    samples_[name].push_back(std::move(sample));
  }
}

double MetricsText::sum(std::string_view name) const {
  double sum = 0;
  if (const auto found = samples_.find(name); found != samples_.end()) {
    for (const auto& sample : found->second) sum += sample.value;
  }
  return sum;
}

double MetricsText::value(std::string_view name, std::string_view label, std::string_view wanted) const {
  double sum = 0;
  if (const auto found = samples_.find(name); found != samples_.end()) {
    for (const auto& sample : found->second) {
      const auto has = sample.labels.find(label);
      if (has != sample.labels.end() && has->second == wanted) sum += sample.value;
    }
  }
  return sum;
}

std::vector<std::string> MetricsText::values_of(std::string_view name, std::string_view label) const {
  std::set<std::string> values;
  if (const auto found = samples_.find(name); found != samples_.end()) {
    for (const auto& sample : found->second) {
      if (const auto has = sample.labels.find(label); has != sample.labels.end()) values.insert(has->second);
    }
  }
  return {values.begin(), values.end()};
}

}  // namespace stepd::daemon
