// AWS::Serverless::StateMachine, AWS::StepFunctions::StateMachine and Activity.
#include "templates/machine_definition.h"
#include "templates/resources/resources.h"

namespace stepd::templates {
namespace {

/// The name in `arn:aws:logs:REGION:ACCOUNT:log-group:NAME:*`.
std::string group_of(const std::string& arn) {
  constexpr std::string_view kMark = ":log-group:";
  const auto at = arn.find(kMark);
  if (at == std::string::npos) return arn;
  const auto name = arn.substr(at + kMark.size());
  return name.substr(0, name.find(':'));
}

void read_logging(Part& part, ProjectMachine& machine) {
  const Node& properties = part.properties();
  const Node* logging = part.map(properties, "Logging");
  if (logging == nullptr) logging = part.map(properties, "LoggingConfiguration");
  if (logging == nullptr) return;
  const auto level = part.text(*logging, "Level", "OFF");
  const Node* destinations = part.list(*logging, "Destinations");
  if (level == "OFF" || destinations == nullptr || destinations->items.empty()) return;
  const Node* group = part.map(destinations->items.front(), "CloudWatchLogsLogGroup");
  if (group == nullptr) return;
  machine.log_level = level;
  machine.log_group = group_of(part.text(*group, "LogGroupArn"));
  machine.log_data = part.flag(*logging, "IncludeExecutionData", false);
}

}  // namespace

void add_state_machine(Part& part) {
  const Node& properties = part.properties();
  ProjectMachine machine;
  machine.origin = part.origin();
  machine.name = part.name();
  const bool sam = part.resource().type == "AWS::Serverless::StateMachine";
  const auto type = part.text(properties, sam ? "Type" : "StateMachineType", "STANDARD");
  if (type != "STANDARD" && type != "EXPRESS") part.error({}, "the type is STANDARD or EXPRESS, not '" + type + "'");
  machine.express = type == "EXPRESS";
  read_definition_of(part, machine);
  read_logging(part, machine);
  part.project().machines.push_back(std::move(machine));
  add_events(part, {Target::Kind::Machine, part.name()});
}

void add_activity(Part& part) { part.project().activities.push_back(part.name()); }

}  // namespace stepd::templates
