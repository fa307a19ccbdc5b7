// Executions that start others: the shards' door to each other, as a parent and its child may live on two of them.
#pragma once

#include "base/payload.h"
#include "engine/asl/resource.h"
#include "engine/core/command.h"
#include "engine/core/event.h"
#include "storage/store.h"

#include <optional>
#include <string>

namespace stepd::run {

/// Thread: any; nothing blocks.
class Kin {
 public:
  virtual ~Kin() = default;
  /// `task` awaits the end of that execution: tell() follows when it comes, at once if it has come.
  virtual void watch(const std::string& child, const core::ParentLink& task) = 0;
  /// The child of that task has ended so; none: it does not exist.
  virtual void tell(const core::ParentLink& task, std::optional<storage::ExecutionRecord> child) = 0;
  /// That task awaits the end no more: an execution that it has started is stopped if it is open.
  virtual void abandon(const std::string& child, const core::ParentLink& task) = 0;
};

/// What a child's end means for the task of its parent (dev guide: Run a job). `pattern` tells in which form.
core::Command end_of_child(asl::Resource::Pattern pattern, const core::ParentLink& task,
                           const std::optional<storage::ExecutionRecord>& child);

}  // namespace stepd::run
