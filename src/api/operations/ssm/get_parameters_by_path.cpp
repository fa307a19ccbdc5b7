// GetParametersByPath (Systems Manager API reference), without filters.
#include "api/aws/ssm_parameter.h"
#include "api/protocol/members.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

constexpr std::int64_t kPageMax = 10;

/// Beneath the path, and, unless `recursive`, directly.
bool lies_beneath(const std::string& name, const std::string& path, bool recursive) {
  if (!name.starts_with(path) || name.size() == path.size()) return false;
  return recursive || name.find('/', path.size()) == std::string::npos;
}

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  Members members(arguments);
  auto path = members.required_string("Path", {1, 2'048});
  const auto decrypted = members.boolean("WithDecryption").value_or(false);
  const auto recursive = members.boolean("Recursive").value_or(false);
  const auto most = members.integer("MaxResults", 1, kPageMax).value_or(kPageMax);
  const auto after = members.string("NextToken", {}).value_or("");
  const Json* filters = members.array("ParameterFilters");
  if (auto fault = members.fault()) return answered(*std::move(fault));
  if (!path.starts_with('/')) {
    return answered(
        validation_error("The parameter doesn't meet the parameter name requirements. The parameter name must begin "
                         "with a forward slash "
                         "\"/\". It can't be prefixed with \"aws\" or \"ssm\" (case-insensitive)."));
  }
  if (filters != nullptr && !filters->empty()) {
    return answered(
        ApiError("NotImplementedException", "stepd serves GetParametersByPath without ParameterFilters.", 501));
  }
  if (!path.ends_with('/')) path += '/';
  const auto& doors = doors_of(backend);
  Json shown = Json::array();
  Json answer = Json::object();
  for (const auto& parameter : doors.parameters) {
    if (parameter.name <= after || !lies_beneath(parameter.name, path, recursive)) continue;
    if (shown.size() == static_cast<std::size_t>(most)) {
      answer["NextToken"] = shown.back()["Name"];
      break;
    }
    auto one = ssm::shown_parameter(parameter, decrypted, doors);
    if (!one.has_value()) return answered(one.error());
    shown.push_back(std::move(*one));
  }
  answer["Parameters"] = std::move(shown);
  answered(std::move(answer));
}

}  // namespace

extern const Operation ssm_get_parameters_by_path;
const Operation ssm_get_parameters_by_path{"GetParametersByPath", run_it};

}  // namespace stepd::api
