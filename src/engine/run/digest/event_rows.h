// Single events and states of an execution with their data, for pages: the rows of an event table, and what went into a
// state and came out of it.
#pragma once

#include "engine/run/digest/execution_digest.h"
#include "storage/store.h"

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace stepd::run {

inline constexpr std::size_t kEventTextBytes = 240;       // of a row
inline constexpr std::size_t kEventDataBytes = 2u << 20;  // of data that is read for a page of rows
inline constexpr std::size_t kStateAttempts = 50;

struct EventRow {
  core::EventNumber number = 0;
  std::uint32_t history_id = 0;  ///< AWS's; 0: AWS's history does not show it
  Instant at;
  std::string type;   ///< AWS's, or for what AWS does not show a name of our own
  std::string state;  ///< may be empty
  std::string text;   ///< the beginning of what it says: an error and its cause, or data
};

/// Events with a number >= `from`, at most `count`. Blocks; throws storage::StoreError, core::CodecError.
std::vector<EventRow> read_event_rows(const storage::Reader& reader, storage::ExecutionId id,
                                      const ExecutionDigest& digest, core::EventNumber from, std::size_t count);

struct StateAttempt {
  core::EventNumber event = 0;  ///< of the call
  Instant at;
  std::string resource;
  std::optional<Payload> input;  ///< what the resource was called with; of the last attempt alone
  std::optional<Instant> ended_at;
  std::optional<Instant> retried_at;
  core::Failure failure;  ///< empty: it has not failed
};

struct StateVisit {
  std::string state;
  Payload input;
  std::optional<Payload> output;  ///< what it handed on; of a caught failure, the input of the state that follows
  std::string next;               ///< the state that follows; may be empty
  bool caught = false;
  core::Assignments assigned;
  std::vector<StateAttempt> attempts;  ///< the first kStateAttempts
};

/// The visit that begins with event `entry`. None if that is no entry of a state. Blocks and throws as above.
std::optional<StateVisit> read_state_visit(const storage::Reader& reader, storage::ExecutionId id,
                                           core::EventNumber entry);

/// An object that an execution has read or written, as far as its events tell.
struct ObjectUse {
  std::string bucket;
  std::string key;
  bool written = false;
  std::string state;  ///< that wrote it or read it first; empty: it is in the execution's input
  core::EventNumber event = 0;
};

inline constexpr std::size_t kObjectUses = 60;

/// In the order of their first mention. A mention is a bucket of `buckets` with a key beside it: in the input of the
/// execution and of tasks the object is read, in a task's result alone it is written. `cut`: not all events were read.
struct ObjectUses {
  std::vector<ObjectUse> objects;
  bool cut = false;
};
ObjectUses find_object_uses(const storage::Reader& reader, storage::ExecutionId id, const Payload& input,
                            const ExecutionDigest& digest, const std::vector<std::string>& buckets);

}  // namespace stepd::run
