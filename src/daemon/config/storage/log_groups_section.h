// The configuration's `log_groups`: where and how much state machines log, and the `logging` of one state machine.
#pragma once

#include "daemon/config/mapping.h"
#include "storage/logs/log_files.h"
#include "triggers/object_events.h"

#include <filesystem>
#include <optional>
#include <string>

namespace stepd::daemon {

struct LogFolder {
  std::filesystem::path folder;
  storage::LogFileOptions files;
};

LogFolder read_log_groups(Mapping& root);

/// The section `logging` as run::CreateStateMachine::configuration; none if there is no such section.
std::optional<std::string> read_logging(Mapping& machine, const triggers::Origin& origin);

}  // namespace stepd::daemon
