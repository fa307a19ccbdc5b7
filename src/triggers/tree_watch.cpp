#include "triggers/tree_watch.h"

#include <sys/inotify.h>
#include <array>
#include <cstring>

namespace stepd::triggers {
namespace {

constexpr std::uint32_t kEvents = IN_CREATE | IN_CLOSE_WRITE | IN_MOVED_TO | IN_MOVED_FROM | IN_DELETE |
                                  IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_EXCL_UNLINK;

}  // namespace

TreeWatch::TreeWatch() : inotify_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {}

bool TreeWatch::add(int directory, const std::string& prefix) {
  if (!inotify_) return false;
  const std::string same_directory = "/proc/self/fd/" + std::to_string(directory);
  const int watch = ::inotify_add_watch(inotify_.get(), same_directory.c_str(), kEvents);
  if (watch < 0) return false;
  prefixes_[watch] = prefix;
  return true;
}

std::vector<Change> TreeWatch::read() {
  std::vector<Change> changes;
  if (!inotify_) return changes;
  alignas(inotify_event) std::array<char, 64 * 1024> buffer;
  while (true) {
    const ssize_t size = ::read(inotify_.get(), buffer.data(), buffer.size());
    if (size <= 0) return changes;
    for (const char* at = buffer.data(); at < buffer.data() + size;) {
      inotify_event event;
      std::memcpy(&event, at, sizeof event);
      translate(event.mask, event.wd, event.len > 0 ? std::string(at + sizeof event) : std::string(), changes);
      at += sizeof event + event.len;
    }
  }
}

void TreeWatch::translate(std::uint32_t mask, int watch, const std::string& name, std::vector<Change>& changes) {
  using Kind = Change::Kind;
  if ((mask & IN_Q_OVERFLOW) != 0) {
    changes.push_back({Kind::Overflow, ""});
    return;
  }
  const auto found = prefixes_.find(watch);
  if (found == prefixes_.end()) return;  // of a watch that was given up
  const bool root = found->second.empty();
  if ((mask & IN_IGNORED) != 0) prefixes_.erase(found);
  if ((mask & (IN_DELETE_SELF | IN_MOVE_SELF | IN_UNMOUNT | IN_IGNORED)) != 0) {
    if (root) changes.push_back({Kind::RootGone, ""});
    return;
  }
  const std::string key = found->second + name;
  if ((mask & IN_ISDIR) != 0) {
    if ((mask & IN_MOVED_FROM) != 0) {
      forget_beneath(key + "/");
      changes.push_back({Kind::DirectoryOut, key + "/"});
    } else if ((mask & (IN_CREATE | IN_MOVED_TO)) != 0) {
      changes.push_back({Kind::DirectoryIn, key + "/"});
    }
  } else if ((mask & IN_MOVED_TO) != 0) {
    changes.push_back({Kind::RenamedIn, key});
  } else if ((mask & (IN_MOVED_FROM | IN_DELETE)) != 0) {
    changes.push_back({Kind::Gone, key});
  } else {
    changes.push_back({Kind::Touched, key});
  }
}

void TreeWatch::forget_beneath(const std::string& prefix) {
  for (auto at = prefixes_.begin(); at != prefixes_.end();) {
    if (at->second.starts_with(prefix)) {
      ::inotify_rm_watch(inotify_.get(), at->first);
      at = prefixes_.erase(at);
    } else {
      ++at;
    }
  }
}

}  // namespace stepd::triggers
