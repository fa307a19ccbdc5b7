#include "tasks/image/read_picture.h"

#include <algorithm>

namespace stepd::tasks::image {
namespace {

AslError empty(const ObjectRef& ref) {
  return {"Image.Empty", "Object " + ref.key + " in bucket " + ref.bucket + " is empty."};
}

AslError too_large(const ObjectRef& ref, std::uint64_t bytes, std::uint64_t max_bytes) {
  return {"Image.TooLarge", "Object " + ref.key + " in bucket " + ref.bucket + " has " + std::to_string(bytes) +
                                " bytes or more; the limit max_bytes is " + std::to_string(max_bytes) + "."};
}

/// Up to `size` bytes; fewer only at the object's end.
Result<std::string> read_up_to(ObjectReader& reader, std::size_t size) {
  constexpr std::size_t kChunk = 1 << 20;
  const auto stated = static_cast<std::size_t>(reader.stat().size_bytes);
  std::string bytes;
  while (bytes.size() < size) {
    const auto before = bytes.size();
    // All that was stated and one byte, so that the end is met without growing; then whatever came in the meantime.
    bytes.resize(std::min(size, before <= stated ? stated + 1 : before + kChunk));
    STEPD_TRY(const std::size_t got, reader.read(bytes.data() + before, bytes.size() - before));
    bytes.resize(before + got);
    if (got == 0) break;
  }
  return bytes;
}

}  // namespace

Result<std::string> read_start(const ObjectStore& objects, const ObjectRef& ref, std::size_t size) {
  STEPD_TRY(const auto reader, objects.open(ref));
  STEPD_TRY(std::string bytes, read_up_to(*reader, size));
  if (bytes.empty()) return empty(ref);
  return bytes;
}

Result<std::string> read_whole(const ObjectStore& objects, const ObjectRef& ref, std::uint64_t max_bytes) {
  STEPD_TRY(const auto reader, objects.open(ref));
  const auto stated = reader->stat().size_bytes;
  if (stated > max_bytes) return too_large(ref, stated, max_bytes);
  // One byte more than allowed: an object may grow after it was opened.
  STEPD_TRY(std::string bytes, read_up_to(*reader, static_cast<std::size_t>(max_bytes) + 1));
  if (bytes.size() > max_bytes) return too_large(ref, bytes.size(), max_bytes);
  if (bytes.empty()) return empty(ref);
  return bytes;
}

}  // namespace stepd::tasks::image
