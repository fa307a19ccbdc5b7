// One value per state type: how it is read, entered and resumed. The list is in states/registry.cpp.
#pragma once

#include "engine/asl/grammar.h"
#include "engine/core/turn.h"

#include <span>

namespace stepd::core {

/// A null hook means that it cannot happen to states of that type.
struct StateType : asl::StateGrammar {
  /// StateEntered has been recorded, or a retry is due: do what the state does, until it awaits or is left.
  void (*enter)(Turn& turn, FrameId frame) = nullptr;
  /// The Wait timer elapsed.
  void (*elapsed)(Turn& turn, FrameId frame) = nullptr;
  /// A branch or iteration beneath the frame has finished.
  void (*child_finished)(Turn& turn, FrameId frame, FrameId child) = nullptr;
  /// ... or has failed: history of the failing iteration, before anything else follows from it.
  void (*child_failed)(Turn& turn, FrameId frame, FrameId child) = nullptr;
  /// ... or is aborted because a sibling failed or the execution ends.
  void (*child_aborted)(Turn& turn, FrameId frame, FrameId child) = nullptr;
};

/// The body that the type's own parser made.
template <class Body>
const Body& body_of(const asl::State& state) {
  return static_cast<const Body&>(*state.body);
}

namespace states {
extern const StateType pass;
extern const StateType task;
extern const StateType choice;
extern const StateType wait;
extern const StateType succeed;
extern const StateType fail;
extern const StateType parallel;
extern const StateType map;
}  // namespace states

std::span<const StateType* const> state_types();

}  // namespace stepd::core
