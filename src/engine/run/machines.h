// State machines and their revisions: created, changed, deleted in the store; compiled once and shared.
// It does not depend on executions.
#pragma once

#include "base/mutex.h"
#include "engine/asl/definition.h"
#include "engine/run/gateway.h"
#include "engine/run/log_settings.h"
#include "engine/run/versions.h"
#include "storage/store.h"

#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace stepd::run {

struct Machine {
  storage::StateMachineRecord record;
  std::shared_ptr<const asl::Definition> definition;
  LogSettings logging;    ///< what record.configuration says of it
  bool is_plain = false;  ///< no state evaluates JSONata, so that each takes time in proportion to its data
};
using MachinePointer = std::shared_ptr<const Machine>;

/// What an ARN with or without version or alias leads to.
struct ChosenMachine {
  MachinePointer machine;
  std::uint32_t version = 0;  ///< 0: the newest revision
  std::string alias;          ///< that chose the version; empty: none did
};

/// Thread: any, for every member.
class Machines {
 public:
  Machines(std::string region, std::string account, storage::Store& store, const Clock& clock);

  void create(CreateStateMachine request, Reply<CreatedStateMachine> reply);
  void update(UpdateStateMachine request, Reply<UpdatedStateMachine> reply);
  void remove(std::string arn, Reply<std::monostate> reply);

  /// The newest revision; null if there is none. Blocks on a read when it is not cached, throws StoreError.
  MachinePointer newest(const std::string& arn);
  /// Whether newest() answers without a read at present. False for the ARN of a version or an alias. Never blocks
  /// itself.
  bool holds(const std::string& arn) const;
  /// Of an alias with two routes, `bits` choose one by weight. Blocks and throws as newest().
  std::optional<ChosenMachine> choose(const std::string& qualified_arn, std::uint64_t bits);
  Versions& versions() { return versions_; }
  /// Null if it is unknown or no longer compiles.
  MachinePointer revision(const std::string& arn, const std::string& revision_id);

 private:
  void put(storage::PutStateMachine put, std::function<void(storage::Outcome)> done);
  /// What a creation answers whose name is taken.
  Answer<CreatedStateMachine> created_before(const storage::PutStateMachine& put) const;
  void publish_unchanged(const UpdateStateMachine& request, UpdatedStateMachine unchanged,
                         Reply<UpdatedStateMachine> reply);
  /// revision() of a version, which stays compiled while versions are started.
  MachinePointer published(const std::string& arn, const std::string& revision_id);
  MachinePointer remember(std::optional<storage::StateMachineRecord> record) STEPD_REQUIRES(mutex_);
  MachinePointer find_held(const std::string& arn) const;
  void drop_held(const std::string& arn);

  const std::string region_;
  const std::string account_;
  storage::Store& store_;
  const Clock& clock_;
  Versions versions_;

  // Held during a read of the store.
  Mutex mutex_;
  std::map<std::pair<std::string, std::string>, std::weak_ptr<const Machine>> all_
      STEPD_GUARDED_BY(mutex_);  // ARN, revision
  // Likewise, a few; the one that was started last stands first.
  std::deque<MachinePointer> started_versions_ STEPD_GUARDED_BY(mutex_);

  // Never held while anything blocks. Entries are added and dropped with `mutex_` held too, so that none is older than
  // a read that began before it was dropped.
  mutable Mutex held_mutex_;
  // Newest revisions, by ARN, so that they stay compiled.
  std::map<std::string, MachinePointer> held_ STEPD_GUARDED_BY(held_mutex_);
};

/// All faults in one message, as AWS prints them: `Invalid State Machine Definition: 'CODE: ... at /States/X, ...'`.
std::string invalid_definition_message(const asl::Diagnostics& diagnostics);

}  // namespace stepd::run
