// Between the core's executions and the store's rows: what a turn changed as one delta, and back after a restart.
//
// 1. A payload is stored once for its execution: rows refer to it by number. What has a number in the store already
//    (Payload::stored_id) keeps it.
// 2. A payload counts as stored only when the delta that holds it is committed (JournalEntry::committed). A delta that
//    was refused leaves no number behind that nothing stands for.
#pragma once

#include "engine/core/codec.h"
#include "engine/core/execution.h"
#include "storage/store.h"

#include <unordered_map>
#include <utility>
#include <vector>

namespace stepd::run {

/// Status and ids are the same things under two names, so that neither room knows the other.
storage::ExecutionStatus stored_status(core::Status status);

/// A delta under construction and the payloads that it stores for the first time.
class JournalEntry final : private core::PayloadNumbers {
 public:
  /// `store` outlives it.
  JournalEntry(storage::Store& store, storage::ExecutionId id) : store_(store), id_(id) {}

  /// What `events` and execution.changes() say; `expected_version` and `created` are the caller's to fill.
  storage::ExecutionDelta make_delta(const core::Execution& execution, const std::vector<core::Event>& events);
  /// Completes the record of a new execution by its input. Called before make_delta().
  void put_input(const Payload& input, storage::ExecutionRecord& record);

  /// One event that refers to no payload.
  std::string encode(const core::Event& event) { return core::encode(event, *this); }

  /// The delta is stored. Thread: the execution's.
  void committed() const;

 private:
  std::int64_t number_of(const Payload& payload) override;
  storage::Ending ending_of(const core::Execution& execution);
  void put_frames(const core::Execution& execution, storage::ExecutionDelta& delta);

  storage::Store& store_;
  storage::ExecutionId id_;
  std::vector<storage::PayloadRecord> fresh_records_;
  std::vector<std::pair<Payload, std::int64_t>> fresh_;
  std::unordered_map<const void*, std::int64_t> numbers_;  ///< of fresh_, by identity
};

/// The payloads of one execution as they are stored. One number is one payload, read when it is first asked for.
class ExecutionPayloads final : public core::StoredPayloads {
 public:
  /// `reader` outlives it.
  ExecutionPayloads(const storage::Reader& reader, storage::ExecutionId id) : reader_(reader), id_(id) {}

  /// Throws core::CodecError, storage::StoreError.
  Payload find(std::int64_t number) override;
  /// Payloads that were read beforehand. Throws core::CodecError.
  void add(std::vector<storage::PayloadRecord> records);

 private:
  const storage::Reader& reader_;
  storage::ExecutionId id_;
  std::unordered_map<std::int64_t, Payload> known_;
};

/// Throws core::CodecError, storage::StoreError.
core::Execution restore(const storage::OpenExecution& open, const storage::Reader& reader);

}  // namespace stepd::run
