// Shared structures, with AWS's defaults.
#include "api/protocol/shapes.h"

#include "api/protocol/arn_parser.h"
#include "base/limits.h"
#include "base/payload.h"
#include "engine/asl/variable_references.h"
#include "engine/run/versions.h"

#include <spdlog/spdlog.h>
#include <array>
#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

using storage::ExecutionStatus;

constexpr std::array<std::pair<ExecutionStatus, const char*>, 5> kStatusNames = {{
    {ExecutionStatus::Running, "RUNNING"},
    {ExecutionStatus::Succeeded, "SUCCEEDED"},
    {ExecutionStatus::Failed, "FAILED"},
    {ExecutionStatus::TimedOut, "TIMED_OUT"},
    {ExecutionStatus::Aborted, "ABORTED"},
}};

Json read_destinations(Members& logging) {
  Json destinations = Json::array();
  for (auto& destination : logging.structures("destinations")) {
    const Json* group = destination.structure("cloudWatchLogsLogGroup");
    if (!group) continue;
    Members members(*group, destination.path_of("cloudWatchLogsLogGroup."), destination);
    const auto arn = members.string("logGroupArn", rules::kArn);
    destinations.push_back({{"cloudWatchLogsLogGroup", {{"logGroupArn", arn.value_or("")}}}});
  }
  return destinations;
}

Json read_logging(Members& request) {
  Json logging{{"level", "OFF"}, {"includeExecutionData", false}};
  const Json* given = request.structure("loggingConfiguration");
  if (!given) return logging;
  Members members(*given, "loggingConfiguration.", request);
  if (auto level = members.one_of("level", {"ALL", "ERROR", "FATAL", "OFF"})) logging["level"] = *level;
  if (auto include = members.boolean("includeExecutionData")) logging["includeExecutionData"] = *include;
  if (members.has("destinations")) logging["destinations"] = read_destinations(members);
  return logging;
}

ApiError invalid_logging(const std::string& why) {
  return {"InvalidLoggingConfiguration", "Invalid Logging Configuration: " + why};
}

std::optional<ApiError> check_log_group(const Json& destination) {
  const auto arn = destination["cloudWatchLogsLogGroup"]["logGroupArn"].get<std::string>();
  const auto parts = split_arn(arn);
  const bool log_group = parts.size() >= 7 && parts[0] == "arn" && parts[2] == "logs" && parts[5] == "log-group";
  if (!log_group) return invalid_logging("Log Destination must be the ARN of a CloudWatch Logs log group.");
  if (!arn.ends_with(":*")) return invalid_logging("Log Group ARN must be provided with '*' qualifier.");
  return std::nullopt;
}

constexpr const char* kOwnedKey = "AWS_OWNED_KEY";

Json read_tracing(Members& request) {
  const Json* given = request.structure("tracingConfiguration");
  if (!given) return {{"enabled", false}};
  Members members(*given, "tracingConfiguration.", request);
  return {{"enabled", members.boolean("enabled").value_or(false)}};
}

constexpr const char* kCustomerKey = "CUSTOMER_MANAGED_KMS_KEY";
constexpr std::int64_t kKeyReuseSeconds = 300;

Json read_encryption(Members& request) {
  const Json* given = request.structure("encryptionConfiguration");
  if (!given) return {{"type", kOwnedKey}};
  Members members(*given, "encryptionConfiguration.", request);
  Json encryption = Json::object();
  if (auto key = members.string("kmsKeyId", {1, 2'048})) encryption["kmsKeyId"] = *std::move(key);
  if (auto seconds = members.integer("kmsDataKeyReusePeriodSeconds", 60, 900)) {
    encryption["kmsDataKeyReusePeriodSeconds"] = *seconds;
  }
  encryption["type"] = members.required_one_of("type", {kOwnedKey, kCustomerKey});
  return encryption;
}

/// AWS API reference, EncryptionConfiguration: a key of the customer's needs its id, AWS's own has no settings.
std::optional<ApiError> complete(Json& encryption) {
  const auto invalid = [](const char* why) {
    return ApiError("InvalidEncryptionConfiguration", std::string("Invalid Encryption Configuration: ") + why);
  };
  if (encryption["type"] == kOwnedKey) {
    if (encryption.size() == 1) return std::nullopt;
    return invalid("kmsKeyId and kmsDataKeyReusePeriodSeconds are for the type CUSTOMER_MANAGED_KMS_KEY only.");
  }
  if (!encryption.contains("kmsKeyId")) return invalid("CUSTOMER_MANAGED_KMS_KEY needs a kmsKeyId.");
  encryption.emplace("kmsDataKeyReusePeriodSeconds", kKeyReuseSeconds);
  spdlog::warn("a request has a key of the customer's in its encryptionConfiguration: it encrypts nothing here");
  return std::nullopt;
}

}  // namespace

const char* status_name(ExecutionStatus status) {
  for (const auto& [known, name] : kStatusNames) {
    if (known == status) return name;
  }
  return "";
}

std::optional<ExecutionStatus> status_of(const std::string& name) {
  for (const auto& [status, known] : kStatusNames) {
    if (name == known) return status;
  }
  return std::nullopt;
}

const char* type_name(storage::StateMachineType type) {
  return type == storage::StateMachineType::Express ? "EXPRESS" : "STANDARD";
}

std::size_t read_page_size(Members& members) {
  const auto asked = members.integer("maxResults", 0, static_cast<std::int64_t>(limits::kPageMax)).value_or(0);
  return asked <= 0 ? limits::kPageDefault : static_cast<std::size_t>(asked);
}

Inclusion read_included_data(Members& members) {
  return members.one_of("includedData", {"ALL_DATA", "METADATA_ONLY"}) == "METADATA_ONLY" ? Inclusion::Metadata_only
                                                                                          : Inclusion::All;
}

Checked<Json> read_configuration(Members& members) {
  Json logging = read_logging(members);
  Json tracing = read_tracing(members);
  Json encryption = read_encryption(members);
  if (auto fault = members.fault()) return std::move(*fault);
  const auto destinations = logging.value("destinations", Json::array()).size();
  if (logging["level"] != "OFF" && destinations != 1) {
    return invalid_logging("Must specify exactly one Log Destination.");
  }
  for (const auto& destination : logging.value("destinations", Json::array())) {
    if (const auto fault = check_log_group(destination)) return *fault;
  }
  if (const auto fault = complete(encryption)) return *fault;
  return Json{{"loggingConfiguration", std::move(logging)},
              {"tracingConfiguration", std::move(tracing)},
              {"encryptionConfiguration", std::move(encryption)}};
}

Checked<Json> read_encryption_configuration(Members& members) {
  Json encryption = read_encryption(members);
  if (auto fault = members.fault()) return std::move(*fault);
  if (const auto fault = complete(encryption)) return *fault;
  return encryption;
}

void show_configuration(const std::string& stored, Json& description) {
  description["loggingConfiguration"] = Json{{"level", "OFF"}, {"includeExecutionData", false}};
  description["tracingConfiguration"] = Json{{"enabled", false}};
  description["encryptionConfiguration"] = Json{{"type", kOwnedKey}};
  const auto configuration = parse_json(stored);
  if (!configuration.has_value() || !configuration->is_object()) return;
  for (const char* name : {"loggingConfiguration", "tracingConfiguration", "encryptionConfiguration"}) {
    const auto found = configuration->find(name);
    if (found == configuration->end() || !found->is_object()) continue;
    for (const auto& [member, value] : found->items()) description[name][member] = value;
  }
}

void show_redrives(const storage::ExecutionSummary& record, Json& description) {
  description["redriveCount"] = record.redrive_count;
  if (record.redriven_at) description["redriveDate"] = to_epoch_seconds(*record.redriven_at);
}

void show_revision(const storage::StateMachineRecord& record, Json& description) {
  if (!run::is_initial(record)) description["revisionId"] = record.revision_id;
  const auto definition = parse_json(record.definition);
  if (!definition) return;
  const auto references = asl::variable_references(*definition);
  if (!references.empty()) description["variableReferences"] = references;
}

}  // namespace stepd::api
