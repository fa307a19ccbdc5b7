// Which state types there are: one line each.
#include "engine/core/state_type.h"

#include <array>

namespace stepd::core {

std::span<const StateType* const> state_types() {
  static constexpr std::array kAll{
      &states::task, &states::wait,   &states::pass,     &states::succeed,
      &states::fail, &states::choice, &states::parallel, &states::map,
  };
  return kAll;
}

}  // namespace stepd::core
