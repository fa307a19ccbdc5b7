#include "daemon/config/labels.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::daemon {
namespace {

void read_channels(Mapping& mapping, const char* name, bool positive, std::array<double, 3>& channels) {
  const Json* value = mapping.take(name);
  if (value == nullptr) return;
  const auto fits = [&](const Json& each) { return each.is_number() && (!positive || each.get<double>() > 0); };
  if (!value->is_array() || value->size() != channels.size() || !std::all_of(value->begin(), value->end(), fits)) {
    mapping.fault(name, std::string(name) + ": expected three numbers" + (positive ? " above 0" : "") +
                            ", for red, green and blue");
    return;
  }
  for (std::size_t i = 0; i < channels.size(); ++i) channels[i] = (*value)[i].get<double>();
}

}  // namespace

std::optional<tasks::labels::LabelOptions> read_labels(Mapping& root) {
  using namespace tasks::labels;
  if (!root.has("labels")) return std::nullopt;
  LabelOptions options;
  root.section("labels", [&](Mapping& mapping) {
    const auto file = [&](const char* name) {
      const auto path = mapping.path(name);
      if (!path) mapping.fault_here(std::string(name) + " is missing");
      return path.value_or("");
    };
    options.model = file("model");
    options.classes = file("classes");
    options.size = static_cast<std::uint32_t>(mapping.number("size", 8, 2'048, options.size));
    read_channels(mapping, "mean", false, options.mean);
    read_channels(mapping, "std", true, options.deviation);
    options.blue_first = mapping.choice("channels", {"rgb", "bgr"}) == 1;
    options.layout = static_cast<Layout>(mapping.choice("layout", {"nchw", "nhwc"}));
    options.scores = static_cast<Scores>(mapping.choice("scores", {"logits", "probabilities", "independent"}));
    options.top = static_cast<std::uint32_t>(mapping.number("top", 1, 1'000, options.top));
    options.min_confidence =
        static_cast<std::uint32_t>(mapping.number("min_confidence", 0, 100, options.min_confidence));
  });
  return options;
}

}  // namespace stepd::daemon
