// GET inventory: what the configuration has: buckets, tables, topics, functions, rules.
#include "api/console/endpoints/endpoint.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

constexpr std::size_t kWaitingShown = 1'000;

Json topics_of(const ConsoleContext& context) {
  Json topics = Json::array();
  for (const auto& topic : context.sources.inventory.topics) {
    Json subscribers = Json::array();
    for (const auto& subscriber : topic.subscribers) {
      const auto waiting = context.backend.reader.outbox(subscriber.destination, kWaitingShown);
      Json row{{"name", subscriber.name},
               {"kind", subscriber.kind},
               {"target", subscriber.target},
               {"waiting", waiting.size()}};
      if (!waiting.empty()) {
        row["attempts"] = waiting.front().attempts;
        row["nextAt"] = to_milliseconds(waiting.front().not_before);
      }
      subscribers.push_back(std::move(row));
    }
    topics.push_back({{"name", topic.name}, {"arn", topic.arn}, {"subscribers", std::move(subscribers)}});
  }
  return topics;
}

Response answer(const Request&, const ConsoleContext& context) {
  const auto& inventory = context.sources.inventory;
  Json buckets = Json::array();
  for (const auto& bucket : inventory.buckets)
    buckets.push_back({{"name", bucket.name}, {"watched", bucket.watched}, {"starts", bucket.starts}});
  Json tables = Json::array();
  for (const auto& table : context.backend.items.tables())
    tables.push_back({{"name", table->schema.name}, {"key", table->schema.key.name}});
  Json functions = Json::array();
  for (const auto& function : inventory.functions)
    functions.push_back({{"name", function.name}, {"runs", function.runs}, {"logGroup", function.log_group}});
  Json rules = Json::array();
  for (const auto& rule : inventory.rules)
    rules.push_back({{"name", rule.name}, {"kind", rule.kind}, {"hears", rule.hears}, {"target", rule.target}});
  return console_answer({{"buckets", std::move(buckets)},
                         {"tables", std::move(tables)},
                         {"topics", topics_of(context)},
                         {"functions", std::move(functions)},
                         {"rules", std::move(rules)}});
}

}  // namespace

extern const Endpoint console_inventory;
const Endpoint console_inventory{"GET", "inventory", answer};

}  // namespace stepd::api
