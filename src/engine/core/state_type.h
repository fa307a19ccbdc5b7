// StateType: how the states of one type are parsed, entered and resumed.
//
// 1. Each state type of ASL is one value in one file of states/, named in states/registry.cpp. decide() calls its hooks
//    and has no case for any type, so a new type needs no change in decide().
// 2. Hooks change the execution through Turn alone and perform no I/O, as they run within decide().
// 3. `enter`, `elapsed` and `child_finished` end with a call that leaves or fails the state, or with the frame awaiting
//    something. After such a call the frame may not exist any more.
// 4. `enter` is required. `elapsed` is required of a type that arms a timer, and `child_finished` of one that opens
//    frames. `child_failed` and `child_aborted` may be null: they only write what history shows of an iteration.
#pragma once

#include "engine/asl/grammar.h"
#include "engine/core/turn.h"

#include <span>

namespace stepd::core {

struct StateType : asl::StateGrammar {
  /// StateEntered has been recorded, a retry is due, or a redrive goes on: runs the state until it awaits or is left.
  void (*enter)(Turn& turn, FrameId frame) = nullptr;
  /// The timer that the state armed is due.
  void (*elapsed)(Turn& turn, FrameId frame) = nullptr;
  /// A branch or iteration beneath `frame` has its output.
  void (*child_finished)(Turn& turn, FrameId frame, FrameId child) = nullptr;
  /// A branch or iteration beneath `frame` has failed. Called before its siblings are aborted and `frame` fails.
  void (*child_failed)(Turn& turn, FrameId frame, FrameId child) = nullptr;
  /// A branch or iteration beneath `frame` is being aborted, because a sibling failed or the execution ends.
  void (*child_aborted)(Turn& turn, FrameId frame, FrameId child) = nullptr;
};

/// The body that the parser of the state's type made. `Body` must be its type.
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

/// All state types.
std::span<const StateType* const> state_types();

}  // namespace stepd::core
