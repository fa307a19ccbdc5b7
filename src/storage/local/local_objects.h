// Buckets that are directories beneath one root.
#pragma once

#include "base/objects.h"

#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace stepd::storage {

/// In every bucket's directory: what is being written, and not an object yet.
inline constexpr std::string_view kTemporaryFolder = ".stepd-tmp";
/// In a bucket's directory: objects whose keys a tree cannot hold; see odd_keys.h.
inline constexpr std::string_view kOddKeysFolder = ".stepd-keys";

struct LocalOptions {
  std::filesystem::path made_buckets = {};         ///< where buckets are made; empty: none are
  std::chrono::seconds upload_age{7 * 24 * 3600};  ///< after which an upload in parts that nobody adds to is removed
};

/// Bucket name -> its directory, created if absent. Keys are resolved with openat2 beneath the bucket's descriptor:
/// no `..`, no symbolic link, no other file system object than a regular file is ever followed or read.
/// What a crash left in `.stepd-tmp` is removed, unless another process has the bucket open.
/// Throws std::invalid_argument for a name that check_bucket_name refuses, std::system_error if a directory cannot be
/// made or opened.
std::unique_ptr<ObjectStore> open_local_objects(const std::map<std::string, std::filesystem::path>& buckets,
                                                LocalOptions options = {});

/// The rule for keys of every store: 1 to 1,024 bytes of UTF-8, no empty, `.` or `..` part, no control character, not
/// beginning with `/`, no part of more than 255 bytes, not beneath `.stepd-tmp` or `.stepd-keys`.
Result<void> check_key(std::string_view key);

/// S3's rules for the names of general purpose buckets: 3 to 63 lower-case letters, digits, `-` and `.`, and so on.
Result<void> check_bucket_name(std::string_view name);

/// What a key's extension says, `application/octet-stream` if nothing.
std::string content_type_of(std::string_view key);

}  // namespace stepd::storage
