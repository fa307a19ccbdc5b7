// The whole configuration of a daemon, typed and checked. It opens nothing: no folder is made, no port is taken.
#pragma once

#include "daemon/config/bucket.h"
#include "daemon/config/function.h"
#include "daemon/config/image_presets.h"
#include "daemon/config/image_workers.h"
#include "daemon/config/labels.h"
#include "daemon/config/limits.h"
#include "daemon/config/listen.h"
#include "daemon/config/log_groups.h"
#include "daemon/config/notification.h"
#include "daemon/config/routes.h"
#include "daemon/config/rule.h"
#include "daemon/config/state_machine.h"
#include "daemon/config/table.h"
#include "daemon/config/topic.h"
#include "daemon/config/workers.h"
#include "daemon/fault.h"
#include "triggers/object_events.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace stepd::daemon {

struct Config {
  std::filesystem::path file;
  std::filesystem::path data;
  Listen listen;
  triggers::Origin origin;
  std::vector<Bucket> buckets;
  std::vector<TableSchema> tables;
  std::vector<ConfiguredTopic> topics;
  std::vector<services::Function> functions;
  std::string lambda_endpoint;  ///< EngineOptions::lambda_endpoint
  std::vector<StateMachine> state_machines;
  std::vector<triggers::EventRule> rules;
  std::vector<triggers::Notification> notifications;
  api::Routes routes;
  Limits limits;
  LogFolder logs;
  tasks::ImagePresets image_presets;
  Workers workers;
  ImageWorkers image_workers;
  Labels labels;
};

struct LoadedConfig {
  Config config;  ///< to be used only if is_valid()
  Faults faults;  ///< by file and line; warnings too

  bool is_valid() const;
};

/// Paths in it are relative to its folder; `<data>` stands for `data`, if given, else for its own key `data`, else for
/// `data` in the working directory. `substitutions` fill placeholders of every definition, before its own.
/// Error: the file cannot be read; its cause says why.
Result<LoadedConfig> load_config(const std::filesystem::path& file, const std::optional<std::filesystem::path>& data,
                                 const Substitutions& substitutions = {});

/// Whether a document is meant as a configuration rather than as a definition.
bool looks_like_config(const std::string& text);

}  // namespace stepd::daemon
