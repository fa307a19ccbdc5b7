#include "storage/sqlite/data_lock.h"

#include "storage/store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <string>
#include <system_error>

namespace stepd::storage::sqlite {
namespace {

std::string reason(int error) { return std::generic_category().message(error); }

/// The process id in the file, empty if there is none.
std::string holder_of(int fd) {
  std::array<char, 24> bytes{};
  const auto size = ::pread(fd, bytes.data(), bytes.size(), 0);
  std::string text(bytes.data(), size > 0 ? static_cast<std::size_t>(size) : 0);
  return text.substr(0, text.find_first_not_of("0123456789"));
}

}  // namespace

DataLock::DataLock(const std::filesystem::path& data_dir) {
  const auto file = data_dir / "LOCK";
  file_ = Descriptor(::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!file_) throw StoreError("cannot open " + file.string() + ": " + reason(errno));
  if (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0) {
    const int error = errno;
    const auto holder = holder_of(file_.get());
    if (error != EWOULDBLOCK) throw StoreError("cannot lock " + file.string() + ": " + reason(error));
    throw StoreError("data directory " + data_dir.string() + " is in use by another stepd" +
                     (holder.empty() ? "" : " (process " + holder + ")"));
  }
  // The id only helps a person; a full disk must not keep the store from opening.
  const auto id = std::to_string(::getpid()) + "\n";
  if (::ftruncate(file_.get(), 0) != 0 || ::pwrite(file_.get(), id.data(), id.size(), 0) < 0) errno = 0;
}

}  // namespace stepd::storage::sqlite
