// Public layers that are packages in another wrapping: an ARN cannot be downloaded here, but the package can.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace stepd::functions {

struct LayerPackage {
  enum class Kind : unsigned char { Python, Node } kind = Kind::Python;
  std::string name;  ///< on PyPI or npm
};

/// By the layer's name in `arn:aws:lambda:REGION:ACCOUNT:layer:NAME:VERSION`: Klayers-p312-Pillow,
/// AWSSDKPandas-Python312, AWSLambdaPowertoolsPythonV3-..., AWSLambdaPowertoolsTypeScriptV2, sharp. None: it is not
/// known.
std::optional<LayerPackage> package_of_layer(std::string_view arn);

}  // namespace stepd::functions
