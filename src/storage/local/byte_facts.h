// What is known of a file's bytes without reading them: the ETag and how the bytes came. It is kept in an attribute of
// the file together with size and time of modification, and counts for nothing once these differ.
#pragma once

#include "base/objects.h"

#include <sys/stat.h>

#include <cstdint>
#include <optional>
#include <string>

namespace stepd::storage::local {

struct ByteFacts {
  std::string etag;
  ObjectBytes bytes;
};

/// As an attribute holds it. Sizes and checksums of parts that take too much room are left out.
std::string print_facts(const ByteFacts& facts, const struct stat& file);
/// None for a text of another file or of earlier bytes.
std::optional<ByteFacts> read_facts(const std::string& text, const struct stat& file);

/// Without an effect on file systems without attributes.
void keep_facts(int fd, const struct stat& file, const ByteFacts& facts);

/// What was kept. Otherwise the MD5 is computed from the bytes, and kept unless the file may still change unnoticed;
/// `read_bytes`, which may be null, grows by what was read for it.
ByteFacts facts_of(int fd, const struct stat& file, std::uint64_t* read_bytes);

/// ObjectStat::version.
std::string version_of(const struct stat& file);

/// Whether an ETag is the MD5 of the object's bytes.
bool is_plain_md5(const std::string& etag);

}  // namespace stepd::storage::local
