#include "tasks/notify/publisher.h"

#include "base/lineage_member.h"
#include "base/nearest_word.h"
#include "base/payload.h"
#include "tasks/arguments.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace stepd::tasks {
namespace {

std::string with_lineage(Json record, const Lineage& cause) {
  add_lineage(record, cause);
  return print_json(record);
}

}  // namespace

Publisher::Publisher(std::vector<Topic> topics, Outbox& outbox, const Clock& clock, std::function<void()> published)
    : topics_(std::move(topics)), outbox_(outbox), clock_(clock), published_(std::move(published)) {
  for (const auto& topic : topics_) files_.try_emplace(topic.name, topic.file);
}

Result<void> Publisher::publish(const std::string& name, const std::string& id, const Json& record,
                                const Lineage& cause) {
  const auto topic = std::find_if(topics_.begin(), topics_.end(), [&](const Topic& each) { return each.name == name; });
  if (topic == topics_.end()) {
    std::vector<std::string_view> known;
    for (const auto& each : topics_) known.push_back(each.name);
    const std::string near(nearest_word(name, known));
    return AslError{"Notify.NoSuchTopic",
                    "No topic " + name + " is configured" + (near.empty() ? "." : "; did you mean " + near + "?")};
  }
  const std::string line = print_json(record);
  const auto now = clock_.now();
  std::vector<OutboxRecord> messages;
  const Json attributes = record.value("attributes", Json());
  for (const auto& subscriber : topic->subscribers) {
    if (!subscriber.filter.wants(attributes)) continue;
    const bool calls = std::holds_alternative<FunctionTarget>(subscriber.target);
    messages.push_back(
        {id, destination_of(*topic, subscriber), calls ? with_lineage(record, cause) : line, 0, now, now});
  }
  bool kept = false;
  // The line comes last: an attempt that finds it there has nothing left to do.
  STEPD_CHECK(files_.at(name).append_once(id, line, [&]() -> Result<void> {
    if (messages.empty()) return {};
    STEPD_CHECK(outbox_.put(std::move(messages)));
    kept = true;
    return {};
  }));
  if (kept) published_();
  return {};
}

}  // namespace stepd::tasks
