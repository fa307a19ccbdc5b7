// Publishes to topics: keeps a message for every subscriber that wants it and writes the line of the topic's own file.
// Who hears of it, and when, is the courier's business.
#pragma once

#include "base/clock.h"
#include "base/json.h"
#include "base/lineage.h"
#include "base/outbox.h"
#include "base/result.h"
#include "tasks/notify/topic.h"
#include "tasks/notify/topic_file.h"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace stepd::tasks {

/// Thread: any.
class Publisher {
 public:
  /// `outbox` and `clock` outlive it. `published`: there are new messages in the outbox; must not block.
  Publisher(std::vector<Topic> topics, Outbox& outbox, const Clock& clock, std::function<void()> published);

  /// Durable when it returns; waits for no subscriber. `id` names the message: one that was published before is not
  /// published again. `record` begins with it, see TopicFile. `cause`: of the execution that publishes. Error:
  /// `Notify.NoSuchTopic`, `Notify.Failed`.
  Result<void> publish(const std::string& topic, const std::string& id, const Json& record, const Lineage& cause);

  /// As they were given, at the same place for as long as the publisher lives.
  const std::vector<Topic>& topics() const { return topics_; }

 private:
  const std::vector<Topic> topics_;
  std::map<std::string, TopicFile, std::less<>> files_;  ///< by topic
  Outbox& outbox_;
  const Clock& clock_;
  const std::function<void()> published_;
};

}  // namespace stepd::tasks
