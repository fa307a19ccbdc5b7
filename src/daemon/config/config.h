// The whole configuration of a daemon, typed and checked. It opens nothing: no folder is made, no port is taken.
#pragma once

#include "daemon/config/functions/function_code_section.h"
#include "daemon/config/functions/functions_section.h"
#include "daemon/config/functions/image_presets_section.h"
#include "daemon/config/functions/labels_section.h"
#include "daemon/config/server/image_workers_section.h"
#include "daemon/config/server/limits_section.h"
#include "daemon/config/server/listen_section.h"
#include "daemon/config/server/routes_section.h"
#include "daemon/config/server/s3_section.h"
#include "daemon/config/server/traces_section.h"
#include "daemon/config/server/workers_section.h"
#include "daemon/config/storage/buckets_section.h"
#include "daemon/config/storage/log_groups_section.h"
#include "daemon/config/storage/parameters_section.h"
#include "daemon/config/storage/tables_section.h"
#include "daemon/config/workflows/notifications_section.h"
#include "daemon/config/workflows/rules_section.h"
#include "daemon/config/workflows/state_machines_section.h"
#include "daemon/config/workflows/topics_section.h"
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
  std::vector<functions::FunctionCode> own_code;  ///< those of `functions` that are of one's own code
  functions::WorkerRules function_workers;
  std::string lambda_endpoint;  ///< EngineOptions::lambda_endpoint
  std::vector<StateMachine> state_machines;
  std::vector<triggers::EventRule> rules;
  std::vector<triggers::Notification> notifications;
  api::Routes routes;
  S3Section s3;
  Limits limits;
  LogFolder logs;
  std::vector<ConfiguredParameter> parameters;
  std::vector<ConfiguredSecret> secrets;
  tasks::ImagePresets image_presets;
  Workers workers;
  ImageWorkers image_workers;
  std::optional<Traces> traces;  ///< none: nothing is traced
  Labels labels;
  bool paused = false;  ///< EngineOptions::paused; no file says so, and no inbox is watched
};

/// What definitions can name.
services::Inventory inventory_of(const Config& config);

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

/// The same for a text that is in no file; `file` is what its faults name, and its folder where paths begin.
LoadedConfig load_config_text(const std::string& text, const std::filesystem::path& file,
                              const std::optional<std::filesystem::path>& data,
                              const Substitutions& substitutions = {});

/// Whether a document is meant as a configuration rather than as a definition.
bool looks_like_config(const std::string& text);

}  // namespace stepd::daemon
