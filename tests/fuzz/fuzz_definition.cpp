// Definitions, JSON or YAML: read, compiled, and where they compile, run for a few turns with tasks that echo.
#include "engine/asl/source.h"
#include "engine/core/compile.h"
#include "engine/core/decide.h"
#include "fuzz_scope.h"

using namespace stepd;

namespace {

core::Command answer(const core::Awaited& awaited, const core::Execution& execution) {
  using Kind = core::Awaited::Kind;
  switch (awaited.kind) {
    case Kind::Timer:
      return core::command::WaitElapsed{awaited.frame, awaited.token, awaited.due};
    case Kind::Task:
    case Kind::Answer:
    case Kind::Child: {
      const auto& task = std::get<core::AwaitingTask>(execution.frame(awaited.frame).standing);
      if (!task.started) return core::command::TaskStart{awaited.frame, awaited.token, "w"};
      return core::command::TaskSuccess{awaited.frame, awaited.token, task.input};
    }
    case Kind::TaskTimeout:
      return core::command::TaskTimeoutElapsed{awaited.frame, awaited.token, awaited.due};
    case Kind::TaskHeartbeat:
      return core::command::TaskHeartbeatElapsed{awaited.frame, awaited.token, awaited.due};
    case Kind::ExecutionTimeout:
      return core::command::ExecutionTimeoutElapsed{awaited.due};
    case Kind::Continue:
      break;
  }
  return core::command::Continue{};
}

void run(const asl::Definition& definition) {
  core::Execution execution;
  core::Identity identity{"arn:e", "e", "arn:m", "m", "r", "us-east-1"};
  Instant now{};
  core::decide(definition, execution, core::command::Start{identity, Payload(fuzz::input_of(""))}, {now, 1});
  for (std::uint64_t turn = 2; turn < 12; ++turn) {
    const auto owed = execution.awaited();
    if (owed.empty()) return;
    now = std::max(now, owed.back().due);
    core::decide(definition, execution, answer(owed.back(), execution), {now, turn});
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const auto format = bytes[0] == '{' ? asl::Format::Json : asl::Format::Yaml;
  const auto source = asl::Source::read({reinterpret_cast<const char*>(bytes), size}, format);
  if (!source) return 0;
  const auto compiled = core::compile(source->value());
  for (const auto& each : compiled.diagnostics) source->position_of(each.pointer);
  if (compiled.definition) run(*compiled.definition);
  return 0;
}
