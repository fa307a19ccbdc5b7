// Delivers what is published: writes it down first, then tells every subscriber that wants it, again and again until it
// is taken or given up as a dead letter. At least once: a crash between a receiver's yes and the note of it tells the
// receiver once more, with the same message id.
#pragma once

#include "base/clock.h"
#include "base/json.h"
#include "base/result.h"
#include "tasks/notify/topic.h"

#include <memory>
#include <string>
#include <vector>

namespace stepd::tasks {

/// Thread: any. Where two processes have the same topics, one delivers for both.
class Courier {
 public:
  /// Goes on with what an earlier life left in the spools.
  Courier(std::vector<Topic> topics, const Clock& clock);
  /// Begins nothing more and gives what is under way a short while; the rest stays in the spools.
  ~Courier();

  /// Durable when it returns; waits for no receiver. `id` names the message: one that was published before is not
  /// published again. `record` begins with it, see TopicFile. Error: `Notify.NoSuchTopic`, `Notify.Failed`.
  Result<void> publish(const std::string& topic, const std::string& id, const Json& record);

 private:
  struct Room;
  std::unique_ptr<Room> room_;
};

}  // namespace stepd::tasks
