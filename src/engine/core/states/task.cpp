// Task (ASL §Task State): calls a function, an activity or a service, and waits for the answer.
#include "base/limits.h"
#include "base/value/print.h"
#include "engine/asl/errors.h"
#include "engine/asl/resource.h"
#include "engine/core/state_type.h"

#include <array>
#include <nlohmann/json.hpp>

namespace stepd::core::states {
namespace {

struct Span {
  std::optional<std::int64_t> seconds;
  std::optional<asl::Path> path;
  const char* path_field;
  std::optional<asl::Query> query = {};
};

struct Body : asl::StateBody {
  asl::Resource resource;
  Span timeout{{}, {}, "TimeoutSecondsPath"};
  Span heartbeat{{}, {}, "HeartbeatSecondsPath"};
  std::optional<asl::PayloadTemplate> credentials;

  bool has_token() const override { return resource.pattern != asl::Resource::Pattern::RequestResponse; }
};

constexpr std::array<std::string_view, 2> kPaths{"HeartbeatSecondsPath", "TimeoutSecondsPath"};

void parse_resource(asl::StateReader& reader, Body& body) {
  const auto arn = reader.fields.string("Resource");
  if (!arn) return;
  auto resource = asl::Resource::parse(*arn);
  if (!resource) return reader.fields.fault("Resource", resource.error().cause);
  body.resource = *std::move(resource);
  if (!reader.options.express) return;
  using Pattern = asl::Resource::Pattern;
  const std::string express = "Express state machine does not support ";
  if (body.resource.kind == asl::Resource::Kind::Activity) {
    reader.fields.fault("Resource", express + "Activity ARN");
  } else if (body.resource.pattern == Pattern::WaitForTaskToken) {
    reader.fields.fault("Resource", express + "'.waitForTaskToken' service integration ");  // AWS's blank
  } else if (body.resource.pattern != Pattern::RequestResponse) {
    reader.fields.fault("Resource", express + "'.sync' service integration");
  }
}

void parse_credentials(asl::Fields& fields, Body& body) {
  if (!fields.has("Credentials")) return;
  const Json* value = fields.take("Credentials");
  const bool computed = fields.is_jsonata() && value->is_string() && asl::Query::is_meant(value->get<std::string>());
  const Json* credentials = computed ? nullptr : fields.object("Credentials");
  if (credentials == nullptr && !computed) return;
  if (body.resource.kind == asl::Resource::Kind::Activity)
    return fields.fault("Credentials", "The field 'Credentials' is not supported for activities");
  if (credentials != nullptr && !credentials->contains("RoleArn") && !credentials->contains("RoleArn.$"))
    fields.fault("Credentials", "The field 'RoleArn' is required but was missing");
  body.credentials = fields.payload_template("Credentials");
}

std::unique_ptr<const asl::StateBody> parse(asl::StateReader& reader) {
  auto body = std::make_unique<Body>();
  auto& fields = reader.fields;
  fields.require({"Resource"});
  parse_resource(reader, *body);
  fields.at_most_one({"TimeoutSeconds", "TimeoutSecondsPath"});
  fields.at_most_one({"HeartbeatSeconds", "HeartbeatSecondsPath"});
  body->timeout.query = fields.query("TimeoutSeconds");
  body->timeout.seconds = fields.integer("TimeoutSeconds", 1, limits::kTaskTimeoutSeconds);
  body->timeout.path = fields.reference_path("TimeoutSecondsPath");
  body->heartbeat.query = fields.query("HeartbeatSeconds");
  body->heartbeat.seconds = fields.integer("HeartbeatSeconds", 1, limits::kTaskTimeoutSeconds);
  body->heartbeat.path = fields.reference_path("HeartbeatSecondsPath");
  if (body->heartbeat.seconds && body->timeout.seconds && *body->heartbeat.seconds >= *body->timeout.seconds)
    fields.fault("HeartbeatSeconds", "HeartbeatSeconds must be smaller than TimeoutSeconds");
  parse_credentials(fields, *body);
  return body;
}

asl::Evaluated<std::optional<std::int64_t>> seconds(const Span& span, const asl::Scope& scope) {
  if (span.query) {
    STEPD_TRY(const auto number, span.query->integer(scope, 1, limits::kTaskTimeoutSeconds));
    return std::optional(number);
  }
  if (!span.path) return span.seconds;
  const auto found = span.path->select(scope);
  const auto field = std::string(span.path_field);
  if (!found)
    return asl::errors::runtime("The " + field + " parameter does not reference an input value: " + span.path->text());
  const auto number = found->integer();
  if (!number || *number < 1 || *number > limits::kTaskTimeoutSeconds) {
    return asl::errors::runtime("The " + field + " parameter must reference a positive integer: " + span.path->text() +
                                " == " + print_for_cause(*found));
  }
  return number;
}

asl::Evaluated<std::string> role(const Body& body, const asl::Scope& scope) {
  if (!body.credentials) return std::string();
  STEPD_TRY(auto value, body.credentials->evaluate(scope));
  const Value* arn = value.find("RoleArn");
  if (arn == nullptr || !arn->is_string())
    return asl::errors::runtime("Credentials must give a RoleArn that is a string");
  return std::string(arn->string());
}

TaskLabel label(const asl::Resource& resource) {
  if (resource.kind == asl::Resource::Kind::Service) return {resource.kind, resource.service, resource.action};
  return {resource.kind, "", resource.arn};
}

void enter(Turn& turn, FrameId frame) {
  const auto& body = body_of<Body>(turn.state_of(frame));
  auto input = turn.parameters(frame);
  if (!input) return turn.fail(frame, input.error());
  const auto scope = turn.scope(frame, turn.frame(frame).input.value());
  auto timeout = seconds(body.timeout, *scope);
  if (!timeout) return turn.fail(frame, timeout.error());
  auto heartbeat = seconds(body.heartbeat, *scope);
  if (!heartbeat) return turn.fail(frame, heartbeat.error());
  auto role_arn = role(body, *scope);
  if (!role_arn) return turn.fail(frame, role_arn.error());
  // As recorded from AWS: the task is not scheduled, and the cause has no words about the state before it.
  if (body.resource.kind == asl::Resource::Kind::Activity && !turn.has_activity(body.resource.arn)) {
    return turn.fail(
        frame, Failure{std::string(asl::errors::kRuntime), "The activity " + body.resource.arn + " does not exist."});
  }
  turn.record(frame, event::TaskScheduled{label(body.resource), *std::move(input), turn.execution().identity().region,
                                          *timeout, *heartbeat, *std::move(role_arn)});
}

}  // namespace

const StateType task{{.type = "Task",
                      .groups = asl::kInputOutput | asl::kParameters | asl::kArguments | asl::kResultSelector |
                                asl::kResultPath | asl::kAssign | asl::kNextOrEnd | asl::kRetryCatch,
                      .parse = parse,
                      .own_of_one_language = kPaths},
                     enter};

}  // namespace stepd::core::states
