// Objects whose keys a tree of folders cannot hold: `a/` and `a//b`, parts of more than 255 bytes, control characters,
// and `a` beside `a/b`. Each is a file beneath the bucket's `.stepd-keys`, named by the hash of its key, with the key
// in an attribute. S3's protocol reaches them; folders that are watched, handlers and the other routes do not.
#pragma once

#include "base/descriptor.h"
#include "base/objects.h"
#include "storage/local/bucket.h"
#include "storage/local/listing.h"

#include <string>
#include <string_view>

namespace stepd::storage::local {

/// Where the object of such a key lies, beneath the bucket's folder.
std::string odd_path(std::string_view key);

/// Writes the key into the attribute of an open file. `Object.InvalidKey` where the file system keeps none.
Result<void> keep_odd_key(int fd, const ObjectRef& ref);

/// The object in the tree, if its key fits there, else the one beneath `.stepd-keys`.
Result<Descriptor> open_every(const BucketDirectory& bucket, const ObjectRef& ref);

/// Removes what lies beneath `.stepd-keys` under that key, if anything does.
Result<void> remove_odd(const BucketDirectory& bucket, const ObjectRef& ref);

/// As list_keys(), with the objects beneath `.stepd-keys` where their keys belong.
Result<ObjectListing> list_every(const BucketDirectory& bucket, const std::string& name, const std::string& prefix,
                                 const std::string& after, std::size_t limit, Folders folders = Folders::Whole);

}  // namespace stepd::storage::local
