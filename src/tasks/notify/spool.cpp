#include "tasks/notify/spool.h"

#include "base/payload.h"
#include "tasks/notify/durable_file.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

namespace stepd::tasks {
namespace {

constexpr std::string_view kSpool = "spool";
constexpr std::string_view kEnding = ".jsonl";

}  // namespace

Result<void> Spool::put(const std::string& id, const std::string& record, const std::vector<std::string>& subscribers) {
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  if (error) return notify_failed(kSpool, "made", error.value());
  const auto path = file_of(id);
  if (std::filesystem::exists(path, error)) return sync_folder(folder_, kSpool);
  // Written under a name of its own, so that a file that can be seen is whole.
  const auto written = folder_ / ("." + id);
  {
    const Descriptor file(::open(written.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!file) return notify_failed(kSpool, "opened", errno);
    const std::string lines = print_json(Json{{"to", subscribers}}) + "\n" + record + "\n";
    STEPD_CHECK(write_all(file.get(), lines, kSpool));
    if (::fsync(file.get()) != 0) return notify_failed(kSpool, "made durable", errno);
  }
  std::filesystem::rename(written, path, error);
  if (error) return notify_failed(kSpool, "written", error.value());
  return sync_folder(folder_, kSpool);
}

Result<Spool::Letter> Spool::read(const std::string& id) const {
  std::ifstream file(file_of(id), std::ios::binary);
  std::string line;
  Letter letter;
  std::getline(file, line);
  const auto head = parse_json(line);
  if (!file || !head || !head->contains("to") || !std::getline(file, letter.record)) {
    return AslError{"Notify.Failed", "The topic's spool holds no whole message " + id + "."};
  }
  for (const auto& name : head->at("to")) letter.open.emplace(name.get<std::string>(), 0);
  while (std::getline(file, line)) {
    const auto note = parse_json(line);
    if (!note || !note->is_object()) continue;
    const auto name = note->value("subscriber", "");
    if (note->value("done", false)) letter.open.erase(name);
    if (const auto open = letter.open.find(name); open != letter.open.end()) open->second = note->value("attempts", 0U);
  }
  return letter;
}

Result<void> Spool::append(const std::string& id, const std::string& line, bool durable) {
  const Descriptor file(::open(file_of(id).c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW));
  if (!file) return notify_failed(kSpool, "opened", errno);
  // The empty line ends one that a crash cut short.
  STEPD_CHECK(write_all(file.get(), "\n" + line + "\n", kSpool));
  if (durable && ::fsync(file.get()) != 0) return notify_failed(kSpool, "made durable", errno);
  return {};
}

Result<void> Spool::note_attempts(const std::string& id, const std::string& subscriber, unsigned attempts) {
  return append(id, print_json(Json{{"subscriber", subscriber}, {"attempts", attempts}}), false);
}

Result<void> Spool::note_done(const std::string& id, const std::string& subscriber) {
  return append(id, print_json(Json{{"subscriber", subscriber}, {"done", true}}), true);
}

Result<void> Spool::remove(const std::string& id) {
  std::error_code error;
  std::filesystem::remove(file_of(id), error);
  if (error) return notify_failed(kSpool, "removed", error.value());
  return sync_folder(folder_, kSpool);
}

std::vector<std::string> Spool::ids() const {
  std::vector<std::string> ids;
  std::error_code error;
  for (std::filesystem::directory_iterator at(folder_, error), end; !error && at != end; at.increment(error)) {
    const auto name = at->path().filename().string();
    if (name.starts_with('.') || !name.ends_with(kEnding)) continue;
    ids.push_back(name.substr(0, name.size() - kEnding.size()));
  }
  return ids;
}

bool Spool::claim() {
  if (lock_) return true;
  std::error_code error;
  std::filesystem::create_directories(folder_, error);
  Descriptor lock(::open((folder_ / ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!lock || ::flock(lock.get(), LOCK_EX | LOCK_NB) != 0) return false;
  lock_ = std::move(lock);
  return true;
}

}  // namespace stepd::tasks
