// The console's files as they are built into the binary. cmake/web.cmake makes the list from the folder web/.
#pragma once

#include <span>
#include <string_view>

namespace stepd::api {

struct ConsoleAsset {
  std::string_view name;  ///< path beneath web/
  std::string_view media_type;
  std::string_view bytes;
  bool gzip = false;  ///< `bytes` are compressed
};

/// By name.
std::span<const ConsoleAsset> console_assets();
/// Hexadecimal digest of all files: the part of their addresses that changes whenever one of them does.
std::string_view console_digest();

}  // namespace stepd::api
