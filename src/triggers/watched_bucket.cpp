#include "triggers/watched_bucket.h"

#include "base/payload.h"
#include "storage/local/local_objects.h"

#include <spdlog/spdlog.h>
#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::triggers {
namespace {

constexpr std::chrono::milliseconds kLookForRoot{1000};
constexpr std::size_t kWarningsRemembered = 10'000;

}  // namespace

WatchedBucket::WatchedBucket(WatchedDirectory directory)
    : directory_(std::move(directory)), settling_({directory_.settle, directory_.settle_empty}) {
  if (watch_.fd() < 0) warn_once("inotify", "no inotify instance is left; files are found by scanning only");
}

Instant WatchedBucket::next_due() const {
  if (!root_) return last_step_ + kLookForRoot;
  const auto due = settling_.next_due();
  return due ? std::min(*due, next_scan_) : next_scan_;
}

Findings WatchedBucket::step(Instant now) {
  Findings findings;
  if (now < last_step_) next_scan_ = now;  // the clock was set back
  last_step_ = now;
  if (!has_root(now)) return findings;
  for (const auto& key : settling_.due(now)) meet(key, false, now, findings);
  for (const auto& change : watch_.read()) handle(change, now, findings);
  if (root_ && now >= next_scan_) scan_all(now, findings);
  return findings;
}

bool WatchedBucket::has_root(Instant now) {
  if (root_) return true;
  root_ = open_directory(directory_.path);
  if (!root_) {
    warn_once("root", "its directory is missing or is no directory; waiting for it to come back");
    return false;
  }
  warned_.erase("root");
  next_scan_ = now;
  return true;
}

void WatchedBucket::lose_root() {
  root_ = Descriptor();
  watch_ = TreeWatch();  // what is still watched may live on elsewhere, under no key of this bucket
}

void WatchedBucket::handle(const Change& change, Instant now, Findings& findings) {
  if (!root_) return;
  switch (change.kind) {
    case Change::Kind::Touched:
    case Change::Kind::Gone:
      return meet(change.key, false, now, findings);
    case Change::Kind::RenamedIn:
      return meet(change.key, true, now, findings);
    case Change::Kind::DirectoryIn:
      if (!is_left_alone(change.key)) scan_beneath(change.key, now, findings);
      return;
    case Change::Kind::DirectoryOut:
    case Change::Kind::Overflow:
      next_scan_ = now;
      return;
    case Change::Kind::RootGone:
      return lose_root();
  }
}

void WatchedBucket::meet(const std::string& key, bool renamed_in, Instant now, Findings& findings) {
  if (is_left_alone(key) || !is_fit_key(key)) return;
  const Look look = look_at(root_.get(), key);
  if (look.found == Found::Unreadable) {
    settling_.give_up(key);  // met anew by every scan, until it can be read
    return warn_once(key, "a file may not be read by this process and is left alone");
  }
  if (look.found == Found::Linked) {
    settling_.give_up(key);
    return warn_once(
        key,
        "a hard link is left alone, because it may lead to a file that whoever made it could not read; set "
        "fs.protected_hardlinks to 1, or let only the owner write to the folder");
  }
  if (look.found != Found::File) {
    if (settling_.vanish(key)) findings.vanished.push_back(key);
    return;
  }
  auto sighting = renamed_in ? Sighting::RenamedIn : Sighting::Standing;
  // A name is no promise while somebody still writes: a file may be renamed while it is open.
  if (look.writing || (!renamed_in && is_marked_unfinished(key, look.identity))) sighting = Sighting::Writing;
  if (settling_.observe(key, look.identity, sighting, now)) findings.arrived.push_back({key, look.identity});
}

bool WatchedBucket::scan_beneath(const std::string& prefix, Instant now, Findings& findings,
                                 std::unordered_set<std::string>* seen) {
  Visitor visitor;
  visitor.skips = [&](const std::string& key) { return is_left_alone(key); };
  // Watched before it is read: a file that comes in between is met twice rather than never.
  visitor.directory = [&](int directory, const std::string& beneath) {
    if (watch_.fd() >= 0 && !watch_.add(directory, beneath)) {
      warn_once("watches",
                "the system's limit of watched directories (fs.inotify.max_user_watches) is reached; the rest is found "
                "by scanning");
    }
  };
  visitor.file = [&](const std::string& key, const FileIdentity& identity) {
    if (seen != nullptr) seen->insert(key);
    if (settling_.is_done(key, identity) || !is_fit_key(key)) return;
    if (settling_.observe(key, identity, Sighting::Standing, now)) findings.arrived.push_back({key, identity});
  };
  return scan(root_.get(), prefix, visitor);
}

void WatchedBucket::scan_all(Instant now, Findings& findings) {
  next_scan_ = now + directory_.rescan;
  if (!is_same_directory(root_.get(), directory_.path)) {
    lose_root();
    if (!has_root(now)) return;
    next_scan_ = now + directory_.rescan;
  }
  std::unordered_set<std::string> seen;
  // A tree that could not be read whole says nothing about what is missing.
  if (!scan_beneath("", now, findings, &seen)) return;
  for (const auto& key : settling_.keys()) {
    if (!seen.contains(key)) meet(key, false, now, findings);
  }
}

bool WatchedBucket::is_left_alone(const std::string& key) const {
  return is_ignored(key) || directory_.ignore.covers(key);
}

/// By a file beside it.
bool WatchedBucket::is_marked_unfinished(const std::string& key, const FileIdentity& identity) const {
  const auto& endings = unfinished_endings(identity.size_bytes == 0 ? Beside::EmptyFile : Beside::WholeFile);
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return is_present(root_.get(), key + std::string(ending)); });
}

bool WatchedBucket::is_fit_key(const std::string& key) {
  const auto checked = storage::check_key(key);
  if (!checked) warn_once(key, "a file's name cannot be a key and is left alone: " + checked.error().cause);
  return checked.has_value();
}

void WatchedBucket::warn_once(const std::string& about, const std::string& message) {
  if (warned_.size() >= kWarningsRemembered) warned_.clear();
  if (!warned_.insert(about).second) return;
  spdlog::warn("bucket {}: {} ({})", directory_.bucket, message, print_json(Json(about)));
}

}  // namespace stepd::triggers
