// What a conversion reads beside the template itself. This room opens no file.
#pragma once

#include "base/result.h"

#include <filesystem>
#include <string>

namespace stepd::templates {

class Files {
 public:
  enum class Kind : std::uint8_t { None, File, Folder };

  virtual ~Files() = default;
  /// Error: cause alone, for people.
  virtual Result<std::string> read(const std::filesystem::path& file) const = 0;
  virtual Kind kind(const std::filesystem::path& path) const = 0;
};

}  // namespace stepd::templates
