// The keys of a bucket in order, a page at a time. It opens no object but to describe it.
#pragma once

#include "base/objects.h"
#include "storage/local/bucket.h"

#include <string>

namespace stepd::storage::local {

/// Keys that begin with `prefix` and come after `after`, bytewise, at most `limit`. What is no regular file, and what
/// has a name that no key may have or lies in a folder closed to this process, is left out. A page may be shorter, with
/// `more`, if the ETags of many bytes had to be computed.
Result<ObjectListing> list_keys(const BucketDirectory& directory, const std::string& bucket, const std::string& prefix,
                                const std::string& after, std::size_t limit);

}  // namespace stepd::storage::local
