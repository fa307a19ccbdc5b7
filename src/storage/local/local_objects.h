// Buckets that are directories beneath one root.
#pragma once

#include "base/objects.h"

#include <filesystem>
#include <map>
#include <memory>

namespace stepd::storage {

/// Bucket name -> its directory, created if absent. Keys are resolved with openat2 beneath the bucket's descriptor:
/// no `..`, no symbolic link, no other file system object than a regular file is ever followed or read.
/// Throws std::system_error if a directory cannot be made or opened.
std::unique_ptr<ObjectStore> open_local_objects(const std::map<std::string, std::filesystem::path>& buckets);

/// The rule for keys of every store: 1 to 1,024 bytes of UTF-8, no empty, `.` or `..` part, no control character, not
/// beginning with `/`, no part of more than 255 bytes, not beneath `.stepd-tmp`.
Result<void> check_key(std::string_view key);

/// What a key's extension says, `application/octet-stream` if nothing.
std::string content_type_of(std::string_view key);

}  // namespace stepd::storage
