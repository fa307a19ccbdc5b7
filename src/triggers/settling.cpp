#include "triggers/settling.h"

#include <algorithm>

namespace stepd::triggers {

std::string to_text(const FileIdentity& identity) {
  return std::to_string(identity.inode) + "." + std::to_string(identity.size_bytes) + "." +
         std::to_string(identity.modified_ns) + "." + std::to_string(identity.born_ns);
}

void Settling::remember(std::string key, std::string identity) { files_[std::move(key)].done = std::move(identity); }

bool Settling::observe(const std::string& key, const FileIdentity& identity, Sighting sighting, Instant now) {
  File& file = files_[key];
  const std::string text = to_text(identity);
  if (text == file.done) {
    stop_waiting(key, file);
    return false;
  }
  const bool same = file.waiting == identity && sighting != Sighting::Writing && !file.written;
  const bool complete = sighting == Sighting::RenamedIn || (same && now - file.since >= quiet_for(identity));
  if (complete) {
    stop_waiting(key, file);
    file.done = text;
    return true;
  }
  // A clock that was set back would otherwise keep a file waiting for as long as it was set back by.
  if (!same || now < file.since) wait(key, file, identity, now);
  file.written = sighting == Sighting::Writing;
  return false;
}

bool Settling::vanish(const std::string& key) {
  const auto found = files_.find(key);
  if (found == files_.end()) return false;
  const bool done = !found->second.done.empty();
  stop_waiting(key, found->second);
  files_.erase(found);
  return done;
}

void Settling::give_up(const std::string& key) {
  const auto found = files_.find(key);
  if (found == files_.end()) return;
  stop_waiting(key, found->second);
  if (found->second.done.empty()) files_.erase(found);
}

bool Settling::is_done(const std::string& key, const FileIdentity& identity) const {
  const auto found = files_.find(key);
  return found != files_.end() && !found->second.waiting && found->second.done == to_text(identity);
}

std::vector<std::string> Settling::due(Instant now) const {
  std::vector<std::string> keys;
  for (const auto& [at, key] : queue_) {
    if (at > now) break;
    keys.push_back(key);
  }
  return keys;
}

std::optional<Instant> Settling::next_due() const {
  if (queue_.empty()) return std::nullopt;
  return queue_.begin()->first;
}

std::vector<std::string> Settling::keys() const {
  std::vector<std::string> keys;
  keys.reserve(files_.size());
  for (const auto& [key, file] : files_) keys.push_back(key);
  return keys;
}

std::chrono::milliseconds Settling::quiet_for(const FileIdentity& identity) const {
  return identity.size_bytes == 0 ? std::max(quiet_.filled, quiet_.empty) : quiet_.filled;
}

void Settling::wait(const std::string& key, File& file, const FileIdentity& identity, Instant now) {
  stop_waiting(key, file);
  file.waiting = identity;
  file.since = now;
  file.until = now + quiet_for(identity);
  queue_.emplace(file.until, key);
}

void Settling::stop_waiting(const std::string& key, File& file) {
  if (!file.waiting) return;
  queue_.erase({file.until, key});
  file.waiting.reset();
}

}  // namespace stepd::triggers
