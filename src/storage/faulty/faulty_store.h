// A store that has bad days, by plan: for simulations and tests of whatever must live with a store. It invents nothing
// that a real store may not do.
#pragma once

#include "storage/store.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>

namespace stepd::storage {

/// What befalls one write.
enum class Fault : std::uint8_t {
  None,
  Unavailable,  ///< not stored, answered Unavailable
  Delayed,      ///< it and all later ones are held back for a while, then stored in their order
  FatalBefore,  ///< not stored, answered Fatal, as is everything afterwards
  FatalAfter,   ///< stored, and answered Fatal all the same, as is everything afterwards: a sync whose fate is unknown
};

/// The same plan befalls the same writes: what happens to write n depends on the seed and n alone.
struct FaultPlan {
  std::uint64_t seed = 0;
  unsigned unavailable_per_mille = 0;
  unsigned delayed_per_mille = 0;
  std::size_t delay_writes_max = 8;        ///< a delay ends when 1 to this many later writes have come
  std::map<std::uint64_t, Fault> exactly;  ///< by number of the write, from 1; goes before chance
  std::set<ExecutionId> unreadable;        ///< executions that load() and load_open() cannot read
  std::function<void()> on_fatal;          ///< as SqliteOptions::on_fatal; may be empty
};

class FaultyStore : public Store {
 public:
  /// Ends the present delay: whoever has nothing more to write while an answer is due calls this, or flush().
  virtual void release() = 0;
  /// Ends the present delay; nothing befalls the writes that come from now on.
  virtual void end_faults() = 0;
  /// The next `times` reads of that execution by load() fail, with that hope for a later one.
  virtual void fail_reads(ExecutionId id, unsigned times, Hope hope) = 0;
  /// What the crash of a process does: of the writes that are held back the first `kept` are stored, the others are
  /// lost, and none is answered. Answers the store beneath; this one is of no use afterwards.
  virtual std::unique_ptr<Store> crash(std::size_t kept) = 0;
  /// Writes that are held back.
  virtual std::size_t held() const = 0;
  virtual std::uint64_t writes() const = 0;
  virtual std::uint64_t faults() const = 0;
};

std::unique_ptr<FaultyStore> make_faulty(std::unique_ptr<Store> store, FaultPlan plan);

}  // namespace stepd::storage
