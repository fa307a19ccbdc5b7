// The rules that hear of executions: what a status-change event starts or calls, and which topics are told. An event is
// a message in the outbox for each rule that it matches, until the rule has been followed; who delivers it is said
// elsewhere.
#pragma once

#include "base/json.h"
#include "base/lineage.h"
#include "base/outbox.h"
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

struct RulePost {
  std::string destination;  ///< as in OutboxRecord
  std::unique_ptr<Post> post;
};

/// Whether the rule could match an event of an execution.
bool hears_executions(const Json& pattern);

/// An execution that a rule started because of another one's status may set off rules in turn; this often in a row.
inline constexpr unsigned kChainMax = 8;

class ExecutionRules {
 public:
  /// May block; called on a thread of this class. Error: `Notify.Failed` and `ServiceUnavailable` may pass.
  using Publish = std::function<Result<void>(const RuleMessage& message)>;

  ExecutionRules(std::vector<EventRule> rules, Publish publish);
  /// Closes.
  ~ExecutionRules();

  /// Where executions are started from now on; none are before. It outlives close().
  void open(run::Gateway& gateway);
  /// One message for each rule that the event matches, which an execution of that lineage has caused. Thread: any;
  /// never blocks.
  std::vector<OutboxRecord> messages_of(const Json& event, const Lineage& cause, Instant now) const;
  /// Where those messages go: each follows its rule. The posts may outlive this, and answer `Stopped` after close().
  std::vector<RulePost> posts() const;
  /// Ends what is under way, and follows no other.
  void close();

 private:
  class Desk;
  class FollowingPost;
  std::shared_ptr<Desk> desk_;
};

}  // namespace stepd::triggers
