#include "base/lineage_member.h"

#include <nlohmann/json.hpp>

namespace stepd {
namespace {

constexpr const char* kLineageMember = "stepd:lineage";

std::uint32_t number_in(const Json& lineage, const char* member) {
  const auto found = lineage.find(member);
  return found != lineage.end() && found->is_number_unsigned() ? found->get<std::uint32_t>() : 0;
}

}  // namespace

void add_lineage(Json& message, const Lineage& cause) {
  message[kLineageMember] = Json{{"depth", cause.depth}, {"echoes", cause.echoes}};
}

Lineage take_lineage(Json& message) {
  Lineage lineage;
  const auto found = message.find(kLineageMember);
  if (found == message.end()) return lineage;
  if (found->is_object()) lineage = {number_in(*found, "depth"), number_in(*found, "echoes")};
  message.erase(found);
  return lineage;
}

}  // namespace stepd
