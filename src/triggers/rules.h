// Who wants which event, and what each gets: from one new object to the executions that it starts and the functions
// that it calls. Pure: nothing is started here.
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "engine/asl/path.h"
#include "engine/asl/payload_template.h"
#include "engine/run/gateway.h"
#include "triggers/event_pattern.h"
#include "triggers/object_events.h"
#include "triggers/transformer.h"

#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace stepd::triggers {

/// An EventBridge rule with one target: a state machine, a function, or a topic, which is told of executions alone.
struct EventRule {
  struct Whole {};                                            ///< the event itself
  using Input = std::variant<Whole, asl::Path, Transformer>;  ///< InputPath, InputTransformer

  std::string name;
  Pattern pattern;
  std::string state_machine_arn;  ///< empty: `topic` or `function`
  Input input;
  std::string topic = {};
  bool hears_executions = false;  ///< whether its pattern can match an execution's event
  std::string function = {};
  std::string pattern_text = {};  ///< the pattern as JSON, to be shown
};

/// What the rule makes of an event that it matches.
Result<Json> input_of(const EventRule& rule, const Json& event);

/// An S3 event notification, one execution or one call of a function per record.
struct Notification {
  std::string id;  ///< the record's configurationId
  std::string bucket;
  std::string prefix;
  std::string suffix;
  std::string state_machine_arn;              ///< empty: `function`
  bool encode_key = true;                     ///< as S3 does; else the record's key is the object's own
  std::optional<asl::PayloadTemplate> input;  ///< over the record; none: `{"Records": [record]}`
  std::string function = {};
};

struct Starts {
  std::vector<run::StartExecution> requests;
  std::vector<run::InvokeFunction> calls;
  std::vector<std::string> faults;  ///< one for each rule whose input could not be made
};

class Rules {
 public:
  Rules(Origin origin, std::vector<EventRule> rules, std::vector<Notification> notifications)
      : origin_(std::move(origin)), rules_(std::move(rules)), notifications_(std::move(notifications)) {}

  /// The names of the executions come from rule, bucket, key and identity alone: asking again for the same object
  /// gives the same names, and so starts nothing twice.
  Starts starts_of(const ObjectCreated& object) const;

 private:
  Origin origin_;
  std::vector<EventRule> rules_;
  std::vector<Notification> notifications_;
};

/// At most 80 characters of `[A-Za-z0-9_-]`: what can be read of the key's last part, then a digest of everything.
std::string execution_name(const std::string& trigger, const ObjectCreated& object);

}  // namespace stepd::triggers
