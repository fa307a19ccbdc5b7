// Succeed (ASL §Succeed State): ends its workflow well.
#include "engine/core/state_type.h"

namespace stepd::core::states {
namespace {

void enter(Turn& turn, FrameId frame) {
  auto input = turn.effective_input(frame);
  if (!input) return turn.fail(frame, input.error());
  turn.leave(frame, *input, "", turn.state_of(frame).exit);
}

}  // namespace

const StateType succeed{{.type = "Succeed", .groups = asl::kInputOutput}, enter};

}  // namespace stepd::core::states
