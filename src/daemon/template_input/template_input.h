// From the command line of `stepd up` and `stepd convert` to what the conversion of templates is given: which files,
// and the values that come from elsewhere.
#pragma once

#include "base/result.h"
#include "templates/files.h"
#include "templates/request.h"

#include <filesystem>
#include <string>
#include <vector>

namespace stepd::daemon {

/// Files of this machine, at most 4 MiB each.
class DiskFiles final : public templates::Files {
 public:
  Result<std::string> read(const std::filesystem::path& file) const override;
  Kind kind(const std::filesystem::path& path) const override;
};

struct TemplateOptions {
  std::string input;                    ///< a template, serverless.yml, or the folder of one, of cdk.out or .serverless
  std::vector<std::string> parameters;  ///< NAME=VALUE
  std::vector<std::string> code;        ///< ID=FOLDER
  std::vector<std::string> options;     ///< NAME=VALUE of ${opt:NAME}
  std::string env_file;
  std::string values_file;
  std::string stack_name;
  std::string region = "us-east-1";
  std::string account = "123456789012";
  std::string listen = "127.0.0.1:8083";
};

/// `notes`: lines for people, such as which file was taken. Error: cause alone.
Result<templates::Request> make_request(const TemplateOptions& options, std::vector<std::string>& notes);

/// What the tool that wrote the folder has put into it.
struct Synthesized {
  std::vector<std::filesystem::path> templates;
  std::map<std::string, std::filesystem::path, std::less<>> assets;
};

/// The output of `cdk synth`: a folder with a manifest.json.
Result<Synthesized> read_cdk_folder(const std::filesystem::path& folder);
/// Assets that stand beside one of CDK's templates; none if there are none.
std::map<std::string, std::filesystem::path, std::less<>> read_cdk_assets(const std::filesystem::path& file);

/// `parameter_overrides` of the default environment in samconfig.toml (SAM developer guide: AWS SAM CLI configuration
/// file).
std::map<std::string, std::string, std::less<>> read_parameter_overrides(const std::string& toml);

}  // namespace stepd::daemon
