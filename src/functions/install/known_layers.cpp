#include "functions/install/known_layers.h"

#include <algorithm>
#include <cctype>

namespace stepd::functions {
namespace {

std::string lower(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(), [](unsigned char c) { return std::tolower(c); });
  return result;
}

/// A name that pip and npm take for nothing but a name.
bool is_package_name(std::string_view name) {
  return !name.empty() && name.size() <= 100 && std::isalnum(static_cast<unsigned char>(name.front())) &&
         std::all_of(name.begin(), name.end(),
                     [](unsigned char c) { return std::isalnum(c) || c == '-' || c == '_' || c == '.'; });
}

}  // namespace

std::optional<LayerPackage> package_of_layer(std::string_view arn) {
  constexpr std::string_view kLayer = ":layer:";
  const auto at = arn.find(kLayer);
  if (!arn.starts_with("arn:") || at == std::string_view::npos) return std::nullopt;
  auto name = arn.substr(at + kLayer.size());
  name = name.substr(0, name.find(':'));
  using Kind = LayerPackage::Kind;
  if (name.starts_with("Klayers-p")) {  // Klayers-p312-Pillow, Klayers-python38-requests
    const auto dash = name.find('-', 8);
    if (dash == std::string_view::npos || !is_package_name(name.substr(dash + 1))) return std::nullopt;
    return LayerPackage{Kind::Python, std::string(name.substr(dash + 1))};
  }
  if (name.starts_with("AWSSDKPandas-Python") || name.starts_with("AWSDataWrangler-Python"))
    return LayerPackage{Kind::Python, "awswrangler"};
  if (name.starts_with("AWSLambdaPowertoolsPython")) return LayerPackage{Kind::Python, "aws-lambda-powertools"};
  const auto small = lower(name);
  if (small.find("pillow") != std::string::npos) return LayerPackage{Kind::Python, "pillow"};
  if (small.find("sharp") != std::string::npos) return LayerPackage{Kind::Node, "sharp"};
  return std::nullopt;
}

}  // namespace stepd::functions
