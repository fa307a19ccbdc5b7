// The configuration's `buckets`: folders of objects, some of them watched.
#pragma once

#include "daemon/config/mapping.h"

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

namespace stepd::daemon {

struct Bucket {
  std::string name;
  std::filesystem::path path;  ///< `<data>/buckets/<name>` unless said otherwise
  bool watch = false;
  std::chrono::milliseconds settle{500};           ///< for so long a file must stay the same before it counts as whole
  std::chrono::milliseconds settle_empty{10'000};  ///< the same for an empty file
  std::chrono::milliseconds rescan{5000};
  std::vector<std::string> ignore;  ///< patterns of names that never become objects of the inbox
};

std::vector<Bucket> read_buckets(Mapping& root);

}  // namespace stepd::daemon
