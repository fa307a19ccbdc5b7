// MetricsText: reads what GET /metrics says, as far as this program writes it itself.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::daemon {

/// Lines that are none of Prometheus's text format are passed over.
class MetricsText {
 public:
  explicit MetricsText(std::string_view text);

  /// The sum over all samples of that name.
  double sum(std::string_view name) const;
  /// The sum over those of them whose label has that value.
  double value(std::string_view name, std::string_view label, std::string_view wanted) const;
  /// The different values of that label, in their order.
  std::vector<std::string> values_of(std::string_view name, std::string_view label) const;

 private:
  struct Sample {
    std::map<std::string, std::string, std::less<>> labels;
    double value = 0;
  };
  std::map<std::string, std::vector<Sample>, std::less<>> samples_;
};

}  // namespace stepd::daemon
