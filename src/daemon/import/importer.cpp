#include "daemon/import/importer.h"

#include "base/descriptor.h"
#include "base/mutex.h"
#include "engine/run/arn.h"
#include "triggers/file_inspection.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <thread>

namespace stepd::daemon {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{256} * 1024;
constexpr std::size_t kAskedAtOnce = 128;
constexpr std::chrono::milliseconds kPause{100};
/// How often neither object nor execution is found before the file counts as lost: the inbox may be taking it up.
constexpr unsigned kAbsencesMax = 100;
/// How often nobody answers before that is believed.
constexpr unsigned kSilencesMax = 50;

AslError source_error(const std::string& name, int error) {
  return {"", name + ": " + std::generic_category().message(error)};
}

}  // namespace

Importer::Importer(ImportTask task, ObjectStore& objects, const triggers::Rules& rules, ImportJournal& journal,
                   Outcomes& outcomes)
    : task_(std::move(task)), objects_(objects), rules_(rules), journal_(journal), outcomes_(outcomes) {}

void Importer::run(std::vector<SourceFile> files, const std::atomic<bool>& stop,
                   const std::function<void(const Counts&)>& shown) {
  begin(std::move(files));
  std::vector<std::jthread> workers;
  for (unsigned i = 0; i < task_.jobs; ++i) workers.emplace_back([this, &stop] { work(stop); });
  while (true) {
    std::deque<Placed> fresh;
    {
      MutexLock lock(mutex_);
      changed_.wait_for(lock, kPause, [this]() STEPD_REQUIRES(mutex_) { return !placed_.empty(); });
      fresh.swap(placed_);
    }
    for (auto& each : fresh) take_up(std::move(each));
    const bool follows = task_.follow && !lost_ && !stop;
    if (follows) follow_some();
    shown(counts_);
    const MutexLock lock(mutex_);
    if (working_ == 0 && placed_.empty() && (!follows || followed_.empty())) return;
  }
}

void Importer::begin(std::vector<SourceFile> files) {
  counts_.total = files.size();
  const MutexLock lock(mutex_);
  for (auto& file : files) {
    const auto* note = journal_.find(file);
    if (note != nullptr && note->state == ImportNote::State::Done) {
      ++counts_.skipped;
    } else if (note != nullptr && note->state == ImportNote::State::Placing && !note->executions.empty()) {
      take_up({std::move(file), *note, "", 0, true});
    } else {
      waiting_.push_back(std::move(file));
    }
  }
  working_ = task_.jobs;
}

void Importer::work(const std::atomic<bool>& stop) {
  MutexLock lock(mutex_);
  while (!waiting_.empty() && !stop) {
    const SourceFile file = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    Placed placed = place(file);
    lock.lock();
    placed_.push_back(std::move(placed));
    changed_.notify_one();
  }
  --working_;
  changed_.notify_one();
}

Importer::Placed Importer::place(const SourceFile& file) {
  Placed placed{file, {}, "", 0, false};
  placed.note.size_bytes = file.size_bytes;
  placed.note.modified_ns = file.modified_ns;
  const auto tried = [&]() -> Result<void> {
    STEPD_TRY(const auto writer, objects_.create({task_.bucket, file.key}, ""));
    STEPD_CHECK(copy(file, *writer));
    // Noted before the object can be seen: an import that dies in between finds out whether it came to that.
    const auto identity = triggers::identity_of(writer->local_fd());
    placed.note.identity = triggers::to_text(identity);
    if (task_.watched) {
      const triggers::ObjectCreated object{task_.bucket, file.key, identity.size_bytes, "", placed.note.identity, {}};
      for (const auto& start : rules_.starts_of(object).requests) {
        placed.note.executions.push_back(run::execution_arn(start.state_machine_arn, *start.name));
      }
    }
    STEPD_CHECK(journal_.note(file.name, placed.note));
    STEPD_CHECK(writer->commit());
    return {};
  }();
  if (!tried) placed.failure = tried.error().cause;
  return placed;
}

Result<void> Importer::copy(const SourceFile& file, ObjectWriter& writer) const {
  const auto path = task_.folder / file.name;
  const Descriptor source(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC));
  struct stat stat {};
  if (!source || ::fstat(source.get(), &stat) != 0) return source_error(file.name, errno);
  if (!S_ISREG(stat.st_mode)) return AslError{"", file.name + ": no regular file any more"};
  std::string buffer(kBufferBytes, '\0');
  while (true) {
    const auto count = ::read(source.get(), buffer.data(), buffer.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return source_error(file.name, errno);
    if (count == 0) return {};
    STEPD_CHECK(writer.write({buffer.data(), static_cast<std::size_t>(count)}));
  }
}

void Importer::take_up(Placed placed) {
  if (!placed.failure.empty()) return finish(placed, placed.failure);
  if (placed.note.executions.empty()) return finish(placed, "");
  ++counts_.placed;
  followed_.push_back(std::move(placed));
}

void Importer::follow_some() {
  std::vector<Placed> some;
  std::vector<std::string> arns;
  while (!followed_.empty() && arns.size() < kAskedAtOnce) {
    arns.insert(arns.end(), followed_.front().note.executions.begin(), followed_.front().note.executions.end());
    some.push_back(std::move(followed_.front()));
    followed_.pop_front();
  }
  const auto standings = outcomes_.ask(arns);
  const bool silent = !arns.empty() && std::all_of(standings.begin(), standings.end(), [](const Standing& each) {
    return each.kind == Standing::Kind::Unknown;
  });
  silences_ = silent ? silences_ + 1 : 0;
  lost_ = silences_ >= kSilencesMax;
  auto at = standings.begin();
  for (auto& placed : some) {
    const auto end = at + static_cast<std::ptrdiff_t>(placed.note.executions.size());
    --counts_.placed;
    judge(std::move(placed), {at, end});
    at = end;
  }
}

void Importer::judge(Placed placed, const std::vector<Standing>& standings) {
  using Kind = Standing::Kind;
  const auto count = [&](Kind kind) {
    return std::count_if(standings.begin(), standings.end(), [&](const Standing& each) { return each.kind == kind; });
  };
  const auto all = static_cast<std::ptrdiff_t>(standings.size());
  if (count(Kind::Succeeded) + count(Kind::Failed) == all) {
    std::string why;
    for (const auto& each : standings) {
      if (each.kind == Kind::Failed) why += (why.empty() ? "" : "; ") + each.why;
    }
    return finish(placed, why);
  }
  if (count(Kind::Absent) == all) {
    const bool gone = !objects_.head({task_.bucket, placed.file.key});
    if (placed.is_earlier && gone) {  // the earlier run noted it and died before it was there
      const MutexLock lock(mutex_);
      if (working_ > 0) return waiting_.push_back(std::move(placed.file));
      placed_.push_back(place(placed.file));
      return;
    }
    placed.absent = gone ? placed.absent + 1 : 0;
    if (placed.absent > kAbsencesMax) return finish(placed, "the object was gone before it was taken up");
  }
  ++counts_.placed;
  followed_.push_back(std::move(placed));
}

void Importer::finish(const Placed& placed, const std::string& failure) {
  ImportNote note = placed.note;
  note.state = failure.empty() ? ImportNote::State::Done : ImportNote::State::Failed;
  static_cast<void>(journal_.note(placed.file.name, note));  // at worst it is asked after once more
  ++(failure.empty() ? counts_.done : counts_.failed);
  if (!failure.empty()) failures_.push_back({placed.file.name, failure});
}

}  // namespace stepd::daemon
