#include "daemon/config/secret_place.h"

#include <cstdlib>
#include <nlohmann/json.hpp>

namespace stepd::daemon {
namespace {

tasks::Secret read_place(Mapping& place) {
  tasks::Secret secret;
  secret.environment = place.optional_text("env").value_or("");
  secret.file = place.path("file").value_or("");
  if (secret.environment.empty() == secret.file.empty()) place.fault_here("expected env: NAME or file: PATH");
  if (!secret.environment.empty() && std::getenv(secret.environment.c_str()) == nullptr) {
    place.reading().faults.push_back({asl::Severity::Warning, "CONFIGURATION",
                                      "the environment variable " + secret.environment + " is not set here",
                                      place.pointer_to("env")});
  }
  return secret;
}

}  // namespace

tasks::Secret read_secret(Mapping& mapping, const char* name) {
  tasks::Secret secret;
  const Json* given = mapping.take(name);
  if (given == nullptr) return secret;
  if (!given->is_object()) {
    mapping.fault(name,
                  std::string(name) + ": expected env: NAME or file: PATH, where the secret is, and not the secret");
    return secret;
  }
  mapping.section(name, [&](Mapping& place) { secret = read_place(place); });
  return secret;
}

}  // namespace stepd::daemon
