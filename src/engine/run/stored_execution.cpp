#include "engine/run/stored_execution.h"

#include "engine/run/journal.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <memory>
#include <new>
#include <thread>
#include <utility>

namespace stepd::run {
namespace {

constexpr std::chrono::milliseconds kFirstReadPause{100};
constexpr std::chrono::milliseconds kLongestReadPause{5'000};

struct ReadAttempt {
  ReadExecution read;
  storage::Hope hope = storage::Hope::None;  ///< of a later attempt
};

ReadAttempt read_now(const storage::Store& store, storage::ExecutionId id) {
  ReadAttempt attempt;
  auto& read = attempt.read;
  const auto fail = [&](const std::exception& error) {
    read.fault = std::string("What is stored of it cannot be read: ") + error.what();
  };
  try {
    auto open = store.load(id);
    if (!open) return attempt;
    auto execution = restore(*open, store.reader());
    read.stored = StoredExecution{std::move(open->record), open->version, std::move(execution)};
  } catch (const storage::StoreError& error) {
    attempt.hope = error.hope();
    fail(error);
  } catch (const std::bad_alloc& error) {
    attempt.hope = storage::Hope::Good;
    fail(error);
  } catch (const std::exception& error) {
    fail(error);
  }
  return attempt;
}

bool is_worth_another(const ReadAttempt& attempt, unsigned number) {
  return attempt.hope == storage::Hope::Good || (attempt.hope == storage::Hope::Little && number < kReadsMax);
}

/// `number` counts from 1.
void try_to_read(Loop& loop, const ShardDoors& doors, storage::ExecutionId id, unsigned number,
                 const std::function<void(ReadExecution)>& done) {
  doors.read([&loop, &doors, id, number, done] {
    auto attempt = std::make_shared<ReadAttempt>(read_now(doors.store, id));
    loop.post([&loop, &doors, id, number, done, attempt] {
      if (!is_worth_another(*attempt, number)) return done(std::move(attempt->read));
      if (number == 1) {
        spdlog::warn("execution number {} is read again later: {}", static_cast<std::int64_t>(id),
                     *attempt->read.fault);
      }
      const auto pause = std::min(kLongestReadPause, kFirstReadPause * (1U << std::min(number - 1, 6U)));
      loop.call_at(doors.clock.now() + pause,
                   [&loop, &doors, id, number, done] { try_to_read(loop, doors, id, number + 1, done); });
    });
  });
}

}  // namespace

void read_execution(Loop& loop, const ShardDoors& doors, storage::ExecutionId id,
                    std::function<void(ReadExecution)> done) {
  try_to_read(loop, doors, id, 1, done);
}

core::Execution restore_patiently(const storage::OpenExecution& open, const storage::Reader& reader) {
  for (unsigned number = 1;; ++number) {
    try {
      return restore(open, reader);
    } catch (const storage::StoreError& error) {
      if (error.hope() == storage::Hope::None || number == kReadsMax) throw;
    }
    std::this_thread::sleep_for(kFirstReadPause * (1U << (number - 1)));
  }
}

}  // namespace stepd::run
