// The configuration's `parameters` and `secrets`, which SSM and Secrets Manager answer from.
#pragma once

#include "base/result.h"
#include "daemon/config/mapping.h"

#include <filesystem>
#include <string>
#include <vector>

namespace stepd::daemon {

/// A text, or where it is. A file or variable is read anew each time.
struct HiddenSource {
  /// Of a file; more is an error.
  static constexpr std::size_t kBytesMax = 65'536;

  std::string value;
  std::filesystem::path file;
  std::string environment;

  /// A file without its last line break. Error: cause only; it names the place and not the text.
  Result<std::string> read() const;
};

struct ConfiguredParameter {
  std::string name;
  std::string type;  ///< String, StringList, SecureString
  HiddenSource source;
};

struct ConfiguredSecret {
  std::string name;
  HiddenSource source;
};

std::vector<ConfiguredParameter> read_parameters(Mapping& root);
std::vector<ConfiguredSecret> read_secrets(Mapping& root);

}  // namespace stepd::daemon
