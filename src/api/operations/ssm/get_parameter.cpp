// GetParameter (Systems Manager API reference).
#include "api/aws/ssm_parameter.h"
#include "api/protocol/members.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  Members members(arguments);
  const auto name = members.required_string("Name", {1, 2'048});
  const auto decrypted = members.boolean("WithDecryption").value_or(false);
  if (auto fault = members.fault()) return answered(*std::move(fault));
  const auto& doors = doors_of(backend);
  const auto parameter = ssm::find_parameter(name, doors);
  if (!parameter.has_value()) return answered(parameter.error());
  auto shown = ssm::shown_parameter(**parameter, decrypted, doors);
  if (!shown.has_value()) return answered(shown.error());
  const auto colon = name.starts_with("arn:") ? std::string::npos : name.find(':');
  if (colon != std::string::npos) (*shown)["Selector"] = name.substr(colon);
  answered(Json{{"Parameter", std::move(*shown)}});
}

}  // namespace

extern const Operation ssm_get_parameter;
const Operation ssm_get_parameter{"GetParameter", run_it};

}  // namespace stepd::api
