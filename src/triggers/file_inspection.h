// Looks at the files of a bucket's directory without ever following a name out of it, blocking on a pipe, or changing
// anything. What the findings mean is decided elsewhere.
#pragma once

#include "base/descriptor.h"
#include "storage/local/hard_links.h"
#include "triggers/settling.h"

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace stepd::triggers {

enum class Found : std::uint8_t {
  Absent,
  Unfit,       ///< a directory, symbolic link, pipe, socket or device
  Unreadable,  ///< a regular file that this process may not read
  Linked,      ///< a regular file with several names, which may be somebody else's: see storage/local/hard_links.h
  File,
};

struct Look {
  Found found = Found::Absent;
  FileIdentity identity;  ///< of a File
  bool writing = false;   ///< somebody has the File open for writing, as far as the kernel tells
};

/// Empty if there is no such directory, or a symbolic link in its place.
Descriptor open_directory(const std::filesystem::path& path);
/// Whether `path` still names the directory behind `root`.
bool is_same_directory(int root, const std::filesystem::path& path);

/// Of an open file; all zero if it cannot be told.
FileIdentity identity_of(int file);

/// `key` is resolved beneath `root`. Whether somebody is writing is found out by asking for a read lease.
Look look_at(int root, const std::string& key,
             bool kernel_protects_links = storage::local::kernel_protects_hard_links());

/// Whether there is something of that name, whatever it is. Looks at names alone.
bool is_present(int root, const std::string& key);

struct Visitor {
  std::function<bool(const std::string& key)> skips;  ///< of a directory, with `/` at its end: with all beneath it
  std::function<void(int directory, const std::string& prefix)> directory;  ///< before its entries are read
  std::function<void(const std::string& key, const FileIdentity& identity)> file;
};

/// Visits `prefix` ("" or ending in `/`) and all beneath it. False if anything could not be read.
bool scan(int root, const std::string& prefix, const Visitor& visitor);

}  // namespace stepd::triggers
