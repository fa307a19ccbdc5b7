// The rules that hear of executions: what a status-change event starts, and which topics are told. Best effort, as on
// EventBridge: an event that is under way when the process ends is lost.
#pragma once

#include "base/json.h"
#include "base/payload.h"
#include "base/result.h"
#include "triggers/rules.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace stepd::triggers {

/// A message to a topic. `id` is the same whenever the same event is told by the same rule.
struct RuleMessage {
  std::string topic;
  std::string subject;
  Payload message;
  std::string id;
};

/// Whether the rule could match an event of an execution.
bool hears_executions(const Json& pattern);

/// An execution that a rule started because of another one's status may set off rules in turn; this often in a row.
inline constexpr unsigned kChainMax = 8;

class ExecutionRules {
 public:
  /// May block; called on a thread of this class. An error is for the log.
  using Publish = std::function<Result<void>(const RuleMessage& message)>;

  ExecutionRules(std::vector<EventRule> rules, Publish publish);
  /// Closes.
  ~ExecutionRules();

  /// Where executions are started from now on; none are before. It outlives close().
  void open(run::Gateway& gateway);
  /// Takes an event. Thread: any; never blocks. Events that come faster than they are dealt with are dropped in the
  /// end.
  void raise(Json event);
  /// Deals with what waits, and takes no more.
  void close();

 private:
  class Desk;
  std::unique_ptr<Desk> desk_;
};

}  // namespace stepd::triggers
