// serverless.yml of the Serverless framework, with its step-functions plugin, as the template that it stands for.
#pragma once

#include "templates/files.h"
#include "templates/problems.h"
#include "templates/request.h"

#include <filesystem>
#include <optional>

namespace stepd::templates {

struct ServerlessSources {
  const Request& request;
  const Files& files;
  std::filesystem::path folder;
};

/// Whether the tree is a serverless.yml: it has `service` and `provider`.
bool looks_like_serverless(const Node& root);

/// Functions, state machines with their events, and resources, under the names that the framework gives them. Variables
/// are filled in: self, opt, env, file, sls, aws. None, with errors in `problems`, if something cannot be.
std::optional<Node> template_of_serverless(const Node& root, const ServerlessSources& sources, Problems& problems);

}  // namespace stepd::templates
