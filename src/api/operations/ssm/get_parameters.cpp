// GetParameters (Systems Manager API reference): up to ten by name; those that are absent are listed.
#include "api/aws/ssm_parameter.h"
#include "api/protocol/members.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

constexpr std::size_t kNamesMax = 10;

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  Members members(arguments);
  const auto names = members.strings("Names", {1, 2'048});
  const auto decrypted = members.boolean("WithDecryption").value_or(false);
  members.require("Names");
  if (members.has("Names") && (names.empty() || names.size() > kNamesMax)) {
    members.violates("names", Json(names).dump(),
                     names.empty() ? "Member must have length greater than or equal to 1"
                                   : "Member must have length less than or equal to 10");
  }
  if (auto fault = members.fault()) return answered(*std::move(fault));
  const auto& doors = doors_of(backend);
  Json found = Json::array();
  Json invalid = Json::array();
  for (const auto& name : names) {
    const auto parameter = ssm::find_parameter(name, doors);
    if (!parameter.has_value()) {
      invalid.push_back(name);
      continue;
    }
    auto shown = ssm::shown_parameter(**parameter, decrypted, doors);
    if (!shown.has_value()) return answered(shown.error());
    found.push_back(std::move(*shown));
  }
  answered(Json{{"InvalidParameters", std::move(invalid)}, {"Parameters", std::move(found)}});
}

}  // namespace

extern const Operation ssm_get_parameters;
const Operation ssm_get_parameters{"GetParameters", run_it};

}  // namespace stepd::api
