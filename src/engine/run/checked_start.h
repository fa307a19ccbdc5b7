// A start that the engine has checked and a shard carries out.
#pragma once

#include "base/payload.h"
#include "engine/core/event.h"
#include "engine/run/machines.h"
#include "storage/store.h"

#include <cstdint>
#include <optional>
#include <string>

namespace stepd::run {

struct CheckedStart {
  storage::ExecutionId id;
  std::string arn;
  std::string name;
  MachinePointer machine;
  Payload input;
  std::string trace_header;
  std::optional<storage::PutArrival> arrival;
  std::uint32_t machine_version = 0;  ///< as in storage::ExecutionRecord
  std::string machine_alias = {};
  std::optional<core::ParentLink> parent = {};  ///< the task that starts it
  Lineage lineage = {};
};

}  // namespace stepd::run
