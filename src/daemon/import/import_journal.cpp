#include "daemon/import/import_journal.h"

#include "base/mutex.h"
#include "base/payload.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <fstream>
#include <nlohmann/json.hpp>
#include <system_error>

namespace stepd::daemon {
namespace {

constexpr std::array<const char*, 3> kStates{"placing", "done", "failed"};

AslError failed(const std::filesystem::path& file, int error) {
  return {"", file.string() + ": " + std::generic_category().message(error)};
}

}  // namespace

Result<std::unique_ptr<ImportJournal>> ImportJournal::open(const std::filesystem::path& file) {
  std::error_code error;
  std::filesystem::create_directories(file.parent_path(), error);
  Descriptor opened(::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644));
  if (!opened) return failed(file, errno);
  std::unique_ptr<ImportJournal> journal(new ImportJournal(std::move(opened)));
  if (::flock(journal->file_.get(), LOCK_EX | LOCK_NB) != 0)
    return AslError{"", file.string() + ": another import of this folder runs"};
  std::ifstream lines(file, std::ios::binary);
  for (std::string line; std::getline(lines, line);) {
    const auto parsed = parse_json(line);
    if (!parsed || !parsed->is_object()) continue;  // cut short by a crash
    ImportNote note;
    const auto state = parsed->value("state", "");
    note.state = state == kStates[1]   ? ImportNote::State::Done
                 : state == kStates[2] ? ImportNote::State::Failed
                                       : ImportNote::State::Placing;
    note.size_bytes = parsed->value("size", std::uint64_t{0});
    note.modified_ns = parsed->value("modified", std::int64_t{0});
    note.identity = parsed->value("identity", "");
    for (const auto& arn : parsed->value("executions", Json::array()))
      note.executions.push_back(arn.get<std::string>());
    journal->notes_[parsed->value("file", "")] = std::move(note);
  }
  return journal;
}

const ImportNote* ImportJournal::find(const SourceFile& file) const {
  const auto found = notes_.find(file.name);
  if (found == notes_.end()) return nullptr;
  const bool same = found->second.size_bytes == file.size_bytes && found->second.modified_ns == file.modified_ns;
  return same ? &found->second : nullptr;
}

Result<void> ImportJournal::note(const std::string& name, const ImportNote& note) {
  // Begins a line of its own even behind one that a crash cut short.
  const std::string line = "\n" +
                           print_json(Json{{"file", name},
                                           {"state", kStates[static_cast<std::size_t>(note.state)]},
                                           {"size", note.size_bytes},
                                           {"modified", note.modified_ns},
                                           {"identity", note.identity},
                                           {"executions", note.executions}}) +
                           "\n";
  const MutexLock lock(mutex_);
  const auto written = ::write(file_.get(), line.data(), line.size());
  if (written != static_cast<ssize_t>(line.size())) {
    return AslError{
        "", "the import's journal cannot be written: " + std::generic_category().message(written < 0 ? errno : ENOSPC)};
  }
  return {};
}

}  // namespace stepd::daemon
