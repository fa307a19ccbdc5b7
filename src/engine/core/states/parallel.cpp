// Parallel (ASL §Parallel State): branches side by side over the same input, their outputs in one array.
#include "base/json_pointer.h"
#include "engine/core/state_type.h"

#include <nlohmann/json.hpp>

namespace stepd::core::states {
namespace {

std::unique_ptr<const asl::StateBody> parse(asl::StateReader& reader) {
  reader.fields.require({"Branches"});
  const Json* branches = reader.fields.array("Branches");
  if (branches == nullptr) return nullptr;
  if (branches->empty()) reader.fields.fault("Branches", "Value cannot be empty");
  for (std::size_t i = 0; i < branches->size(); ++i) {
    reader.parse_workflow((*branches)[i], child_pointer(reader.fields.pointer_to("Branches"), std::to_string(i)));
  }
  return nullptr;
}

void enter(Turn& turn, FrameId frame) {
  auto input = turn.parameters(frame);
  if (!input) return turn.fail(frame, input.error());
  std::vector<std::string> first_states;
  for (const auto& branch : turn.state_of(frame).workflows) first_states.push_back(branch->start_at);
  turn.record(frame, event::BranchesOpened{*std::move(input), std::move(first_states)});
}

void child_finished(Turn& turn, FrameId frame, FrameId) {
  const auto& standing = std::get<AwaitingFrames>(turn.frame(frame).standing);
  if (standing.finished < standing.total) return;
  turn.leave_joined(frame);
}

}  // namespace

const StateType parallel{{.type = "Parallel",
                          .groups = asl::kInputOutput | asl::kParameters | asl::kArguments | asl::kResultSelector |
                                    asl::kResultPath | asl::kAssign | asl::kNextOrEnd | asl::kRetryCatch,
                          .parse = parse},
                         enter,
                         nullptr,
                         child_finished};

}  // namespace stepd::core::states
