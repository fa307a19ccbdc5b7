// The keys of a bucket in order, a page at a time. It opens no object but to describe it.
#pragma once

#include "base/objects.h"
#include "storage/local/bucket.h"

#include <cstdint>
#include <string>

namespace stepd::storage::local {

/// Keys that begin with `prefix` and come after `after`, bytewise, at most `limit`. What is no regular file, and what
/// has a name that no key may have or lies in a folder closed to this process, is left out. A page may be shorter, with
/// `more`, if the ETags of many bytes had to be computed.
/// Folders::First: of a folder behind the prefix only the first key.
enum class Folders : std::uint8_t { Whole, First };
Result<ObjectListing> list_keys(const BucketDirectory& directory, const std::string& bucket, const std::string& prefix,
                                const std::string& after, std::size_t limit, Folders folders = Folders::Whole);

}  // namespace stepd::storage::local
