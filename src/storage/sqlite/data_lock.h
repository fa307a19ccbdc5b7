// The lock that gives a data directory to one process.
#pragma once

#include "base/descriptor.h"

#include <filesystem>

namespace stepd::storage::sqlite {

/// Holds `<data_dir>/LOCK` by flock, which ends with the process however it ends. The file itself stays.
class DataLock {
 public:
  /// Throws StoreError, naming the holder's process id where the file tells it.
  explicit DataLock(const std::filesystem::path& data_dir);

 private:
  Descriptor file_;
};

}  // namespace stepd::storage::sqlite
