// What the tests of the stores share: folders that vanish, records to store, a write that waits for its answer.
#pragma once

#include "storage/store.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace stepd::storage::test {

/// Memory: where a sync costs nothing, for tests that make thousands and survive no power cut anyway.
enum class On { Disk, Memory };

/// A new folder, removed with all it holds.
class TempDir {
 public:
  explicit TempDir(On where = On::Disk);
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;
  ~TempDir();
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline constexpr const char* kMachine = "arn:aws:states:us-east-1:123456789012:stateMachine:pipeline";

Instant at(std::int64_t ms);
StateMachineRecord machine_record(std::string arn = kMachine, std::string revision_id = "r1");
ExecutionRecord execution_record(std::int64_t id, std::string name, std::string machine_arn = kMachine,
                                 std::string revision_id = "r1");
std::string execution_arn(const std::string& name);

/// The first turn of an execution: a head, two frames, three events.
ExecutionDelta start_of(std::int64_t id, const std::string& name);
/// A turn that goes from `version` to `version` + 1 with one event.
ExecutionDelta step_of(std::int64_t id, std::uint64_t version, std::uint32_t event);
ExecutionDelta end_of(std::int64_t id, std::uint64_t version, std::uint32_t event,
                      ExecutionStatus status = ExecutionStatus::Succeeded);

/// Puts an item that replaces `before`; none: that is new.
ChangeItems put_item(std::string table, std::string key, std::string item,
                     std::optional<std::string> before = std::nullopt);
ChangeItems delete_item(std::string table, std::string key, std::optional<std::string> before = std::nullopt);

/// Writes and waits for the outcome; fails the test if none comes within a generous time.
Outcome write_now(Store& store, Write write);
/// Queues all at once, then waits for all outcomes.
std::vector<Outcome> write_all(Store& store, std::vector<Write> writes);

/// Fails the test if one of them cannot be read.
std::vector<OpenExecution> all_open(const Store& store);
std::vector<std::uint32_t> numbers(const std::vector<EventRecord>& events);
std::vector<std::string> names(const std::vector<ExecutionSummary>& executions);

}  // namespace stepd::storage::test
