#include "tasks/notify/spool_intake.h"

#include "base/payload.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace stepd::tasks {
namespace {

constexpr std::string_view kEnding = ".jsonl";

/// A spool's file: who shall have the message, the message, then a line for each attempt and each delivery.
struct SpooledMessage {
  std::string record;
  std::map<std::string, unsigned> open;  ///< subscriber that has not got it -> attempts so far
};

std::optional<SpooledMessage> read_spooled(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string line;
  SpooledMessage message;
  std::getline(file, line);
  const auto head = parse_json(line);
  if (!head || !head->is_object() || !head->contains("to") || !head->at("to").is_array()) return std::nullopt;
  if (!std::getline(file, message.record) || !parse_json(message.record)) return std::nullopt;
  for (const auto& name : head->at("to")) {
    if (name.is_string()) message.open.emplace(name.get<std::string>(), 0);
  }
  while (std::getline(file, line)) {
    const auto note = parse_json(line);
    if (!note || !note->is_object()) continue;  // a crash cut it short
    const auto name = note->find("subscriber");
    if (name == note->end() || !name->is_string()) continue;
    const auto open = message.open.find(name->get<std::string>());
    if (open == message.open.end()) continue;
    const auto attempts = note->find("attempts");
    if (attempts != note->end() && attempts->is_number_unsigned()) {
      open->second = attempts->get<unsigned>();
    } else if (note->contains("done")) {
      message.open.erase(open);
    }
  }
  return message;
}

std::vector<OutboxRecord> records_of(const Topic& topic, const std::string& id, const SpooledMessage& message,
                                     Instant now) {
  std::vector<OutboxRecord> records;
  for (const auto& subscriber : topic.subscribers) {
    const auto open = message.open.find(subscriber.name);
    if (open == message.open.end()) continue;
    records.push_back({id, destination_of(topic, subscriber), message.record, open->second, now, now});
  }
  return records;
}

/// Whether the file may go.
bool take_in(const Topic& topic, const std::filesystem::path& path, Outbox& outbox, Instant now) {
  const auto id = path.stem().string();
  const auto message = read_spooled(path);
  if (!message) {
    spdlog::error("topic {}: its spool holds no whole message {}", topic.name, id);
    return false;
  }
  auto records = records_of(topic, id, *message, now);
  if (records.empty()) {
    if (!message->open.empty()) {
      spdlog::warn("topic {}: message {} is dropped: its last subscribers are no longer configured", topic.name, id);
    }
    return true;
  }
  const auto kept = outbox.put(std::move(records));
  if (!kept) spdlog::error("topic {}: message {} stays in the spool: {}", topic.name, id, kept.error().cause);
  return kept.has_value();
}

}  // namespace

void take_in_spool(const Topic& topic, Outbox& outbox, const Clock& clock) {
  std::error_code error;
  if (!std::filesystem::is_directory(topic.spool, error)) return;
  std::size_t taken = 0;
  bool all = true;
  for (std::filesystem::directory_iterator at(topic.spool, error), end; !error && at != end; at.increment(error)) {
    const auto& path = at->path();
    const auto name = path.filename().string();
    const bool whole = !name.starts_with('.') && name.ends_with(kEnding);  // else a lock, or half a message
    if (whole && !take_in(topic, path, outbox, clock.now())) {
      all = false;
      continue;
    }
    taken += whole ? 1 : 0;
    std::filesystem::remove(path, error);
  }
  if (all && !error) std::filesystem::remove(topic.spool, error);
  if (error) spdlog::error("topic {}: its spool: {}", topic.name, error.message());
  spdlog::info("topic {}: {} messages of its spool are in the store now", topic.name, taken);
}

}  // namespace stepd::tasks
