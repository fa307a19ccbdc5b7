// An engine without threads: whoever makes it runs its loops, a job at a time and in any order. For simulations.
#pragma once

#include "engine/run/engine.h"
#include "engine/run/loop.h"

#include <memory>
#include <vector>

namespace stepd::run {

struct HandDrivenEngine {
  /// Its destruction is the crash of a process: nothing is waited for. Answers of the store must not come after it.
  std::unique_ptr<Engine> engine;
  std::vector<Loop*> loops;  ///< the engine's, which live as long
};

/// As make_engine(); everything happens on the threads of those who call it and its loops.
HandDrivenEngine make_hand_driven_engine(EngineOptions options, storage::Store& store, const Clock& clock,
                                         const ServicesFactory& make_services);

}  // namespace stepd::run
