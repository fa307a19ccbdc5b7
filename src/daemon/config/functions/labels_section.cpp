#include "daemon/config/functions/labels_section.h"

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

bool asks_for_labels(const services::Function& function) {
  return function.handler == "image.labels" ||
         std::any_of(function.steps.begin(), function.steps.end(), asks_for_labels);
}

void check_function(Mapping& mapping, const std::string& name, const std::vector<services::Function>& functions,
                    bool others) {
  std::vector<std::string> names;
  for (const auto& function : functions) {
    names.push_back(function.name);
    if (function.name != name) continue;
    if (asks_for_labels(function)) mapping.fault("function", name + " asks image.labels itself");
    return;
  }
  if (!others) mapping.fault("function", "there is no function '" + name + "'" + suggestion(name, names));
}

tasks::labels::LabelOptions read_network(Mapping& mapping) {
  using namespace tasks::labels;
  LabelOptions options;
  const auto file = [&](const char* name) {
    const auto path = mapping.path(name);
    if (!path && !mapping.has(name)) mapping.fault_here(std::string(name) + " is missing");
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
  options.min_confidence = static_cast<std::uint32_t>(mapping.number("min_confidence", 0, 100, options.min_confidence));
  return options;
}

}  // namespace

Labels read_labels(Mapping& root, const std::vector<services::Function>& functions, bool others) {
  Labels labels;
  if (!root.has("labels")) return labels;
  root.section("labels", [&](Mapping& mapping) {
    if (const auto function = mapping.optional_text("function")) {
      labels.function = *function;
      check_function(mapping, *function, functions, others);
    } else {
      labels.network = read_network(mapping);
    }
  });
  return labels;
}

}  // namespace stepd::daemon
