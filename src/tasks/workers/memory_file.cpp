#include "tasks/workers/memory_file.h"

#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace stepd::tasks::workers {
namespace {

AslError failed(const char* what) { return {"", std::string(what) + ": " + std::generic_category().message(errno)}; }

Result<std::size_t> size_of(int file) {
  struct stat status {};
  if (::fstat(file, &status) != 0) return failed("a file of an image worker cannot be measured");
  // Reading from anything else could wait for ever.
  if (!S_ISREG(status.st_mode)) return AslError{"", "what an image worker handed over is no plain file"};
  return static_cast<std::size_t>(status.st_size);
}

}  // namespace

Result<Descriptor> make_memory_file(std::string_view bytes) {
  Descriptor file(::memfd_create("picture", MFD_CLOEXEC));
  if (!file) return failed("no memory for a picture");
  for (std::size_t at = 0; at < bytes.size();) {
    const auto count = ::pwrite(file.get(), bytes.data() + at, bytes.size() - at, static_cast<off_t>(at));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return failed("no memory for a picture");
    at += static_cast<std::size_t>(count);
  }
  return file;
}

Result<std::string> read_memory_file(int file, std::size_t max_bytes) {
  STEPD_TRY(const std::size_t size, size_of(file));
  if (size > max_bytes) return AslError{"", "an image worker's file has " + std::to_string(size) + " bytes"};
  std::string bytes(size, '\0');
  for (std::size_t at = 0; at < size;) {
    const auto count = ::pread(file, bytes.data() + at, size - at, static_cast<off_t>(at));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("a file of an image worker cannot be read");
    if (count == 0) return AslError{"", "a file of an image worker has shrunk"};
    at += static_cast<std::size_t>(count);
  }
  return bytes;
}

Result<MappedFile> MappedFile::map(int file) {
  STEPD_TRY(const std::size_t size, size_of(file));
  if (size == 0) return MappedFile(std::string_view());
  void* at = ::mmap(nullptr, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
  if (at == MAP_FAILED) return failed("a picture cannot be mapped");
  return MappedFile({static_cast<const char*>(at), size});
}

MappedFile::MappedFile(MappedFile&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}

MappedFile::~MappedFile() {
  if (!bytes_.empty()) ::munmap(const_cast<char*>(bytes_.data()), bytes_.size());
}

}  // namespace stepd::tasks::workers
