// Writes a project as a configuration of stepd, and as lines for people.
#pragma once

#include "templates/convert.h"

#include <filesystem>
#include <string>

namespace stepd::templates {

struct WriteOptions {
  std::filesystem::path folder;         ///< of the configuration: paths in it are relative to it
  std::filesystem::path inline_folder;  ///< where the code of functions that is written in the template is put
  std::string source;                   ///< what was converted, for the first line
  std::string listen = "127.0.0.1:8083";
  bool show_secrets = false;  ///< values of NoEcho parameters; to be kept in memory then
};

/// A file of inline code, to be written before the configuration is used.
struct InlineCode {
  std::filesystem::path file;
  std::string text;
};

struct Written {
  std::string configuration;  ///< YAML, with what is not served in comments
  std::vector<InlineCode> files;
};

Written write_project(const Converted& converted, const WriteOptions& options);

/// What `stepd up` says at its start: buckets, tables, topics, state machines, functions, routes, outputs, and at the
/// end what is not served. `url`: of the server.
std::string describe_project(const Converted& converted, const std::string& url);

/// `template.yaml:12:3: message`, with `warning: ` before a warning.
std::string to_text(const Problem& problem);

}  // namespace stepd::templates
