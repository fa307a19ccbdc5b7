// What a conversion is given.
#pragma once

#include "templates/template_node.h"

#include <filesystem>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace stepd::templates {

struct Request {
  std::vector<std::filesystem::path> templates;  ///< several if they are the stacks of one application
  std::string stack_name;                        ///< empty: of each template, the name of its folder
  std::string region = "us-east-1";
  std::string account = "123456789012";
  std::string endpoint = "http://127.0.0.1:8083";  ///< where stepd is reached, for the URLs of queues
  std::map<std::string, std::string, std::less<>> parameters;
  std::map<std::string, std::string, std::less<>> defaults;  ///< parameters of samconfig.toml
  std::map<std::string, std::string, std::less<>> options;   ///< `opt:` of serverless.yml
  std::map<std::string, std::string, std::less<>> process;   ///< `env:` of serverless.yml
  /// As `sam local --env-vars`: function -> name -> value; `Parameters` is for every function.
  Node environment;
  /// What other stacks and services know: {imports: {NAME: VALUE}, ssm: {...}, secrets: {...}}.
  Node outside;
  /// Code that was put in S3 by a tool, by key: CDK's assets, a zip of the Serverless framework.
  std::map<std::string, std::filesystem::path, std::less<>> assets;
  /// Code of functions whose template has none here, by logical id.
  std::map<std::string, std::filesystem::path, std::less<>> code;
  /// Empty if a mapping template can be served, else why not.
  std::function<std::string(const std::string& mapping)> check_mapping;
};

}  // namespace stepd::templates
