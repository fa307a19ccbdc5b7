#include "api/routes/media.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace stepd::api {

bool media_type_accepted(const std::string& type) {
  static constexpr std::array<std::string_view, 4> kAccepted = {"", "application/json", "application/x-amz-json-1.0",
                                                                "application/x-www-form-urlencoded"};
  return type.ends_with("+json") || std::find(kAccepted.begin(), kAccepted.end(), type) != kAccepted.end();
}

}  // namespace stepd::api
