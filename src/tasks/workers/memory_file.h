// Files that exist in memory alone, through which processes hand each other bytes without copying them more than once.
#pragma once

#include "base/descriptor.h"
#include "base/result.h"

#include <cstddef>
#include <string>
#include <string_view>

namespace stepd::tasks::workers {

/// Holds `bytes`. Error: cause only.
Result<Descriptor> make_memory_file(std::string_view bytes);

/// The whole of a file that another process made: one that is no plain file, or that shrinks, or that has more than
/// `max_bytes`, is an error. Error: cause only.
Result<std::string> read_memory_file(int file, std::size_t max_bytes);

/// A file's bytes, mapped for reading.
class MappedFile {
 public:
  /// Error: cause only.
  static Result<MappedFile> map(int file);
  MappedFile(MappedFile&& other) noexcept;
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile();

  std::string_view bytes() const { return bytes_; }

 private:
  explicit MappedFile(std::string_view bytes) : bytes_(bytes) {}
  std::string_view bytes_;
};

}  // namespace stepd::tasks::workers
