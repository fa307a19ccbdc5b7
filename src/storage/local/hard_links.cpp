#include "storage/local/hard_links.h"

#include <fstream>

namespace stepd::storage::local {

bool kernel_protects_hard_links() {
  static const bool protects = [] {
    std::ifstream setting("/proc/sys/fs/protected_hardlinks");
    int value = 0;
    return setting >> value && value != 0;
  }();
  return protects;
}

bool may_be_object(const struct stat& file, const struct stat& folder, bool kernel_protects) {
  if (file.st_nlink <= 1 || kernel_protects) return true;
  const bool one_writer = (folder.st_mode & (S_IWGRP | S_IWOTH)) == 0;
  return one_writer && file.st_uid == folder.st_uid;
}

}  // namespace stepd::storage::local
