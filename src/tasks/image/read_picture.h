// Reads pictures out of an object store into memory. It looks at sizes, not at contents.
#pragma once

#include "base/objects.h"
#include "base/result.h"

#include <cstdint>
#include <string>

namespace stepd::tasks::image {

/// At most `size` bytes from the start. An object of no bytes is `Image.Empty`.
Result<std::string> read_start(const ObjectStore& objects, const ObjectRef& ref, std::size_t size);

/// The whole object. None of its bytes is `Image.Empty`, more than `max_bytes` is `Image.TooLarge`, told before reading
/// where the store knows the size.
Result<std::string> read_whole(const ObjectStore& objects, const ObjectRef& ref, std::uint64_t max_bytes);

}  // namespace stepd::tasks::image
