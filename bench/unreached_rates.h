// Engine options whose rates cost what a daemon's cost and are not reached: else the rates would be the result.
#pragma once

#include "engine/run/engine.h"

namespace stepd::bench {

inline run::EngineOptions unreached_rates() {
  constexpr run::Rate kUnreached{1'000'000, 1'000'000};
  run::EngineOptions options;
  options.rates = {{kUnreached, kUnreached}, {kUnreached, kUnreached}, {kUnreached, kUnreached}};
  return options;
}

}  // namespace stepd::bench
