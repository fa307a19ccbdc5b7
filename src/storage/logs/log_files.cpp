// The thread that writes log groups. spdlog's sink rotates; the queue is ours, because lines are bounded by their
// bytes.
#include "storage/logs/log_files.h"

#include "base/mutex.h"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <deque>
#include <map>
#include <set>
#include <thread>

namespace stepd::storage {
namespace {

/// Between two complaints.
constexpr std::chrono::seconds kSilence{10};
/// What settle() waits at most.
constexpr std::chrono::seconds kSettle{2};
/// Until a file that failed is tried again.
constexpr std::chrono::seconds kRest{1};
/// Beyond them all files are closed, to be opened again as they are needed.
constexpr std::size_t kOpenMax = 64;

class LogFiles final : public LogGroups {
 public:
  LogFiles(std::filesystem::path folder, LogFileOptions options)
      : folder_(std::move(folder)), options_(options), thread_([this] { run(); }) {
    pthread_setname_np(thread_.native_handle(), "log-groups");
  }

  ~LogFiles() override {
    {
      const MutexLock lock(mutex_);
      ending_ = true;
    }
    wakes_.notify_one();
    thread_.join();
  }

  void append(std::string_view group, std::string line) override {
    {
      const MutexLock lock(mutex_);
      const auto bytes = group.size() + line.size();
      if (waiting_bytes_ + bytes > options_.queue_bytes) {
        ++dropped_;
        return;
      }
      waiting_bytes_ += bytes;
      waiting_.push_back({std::string(group), std::move(line)});
      ++appended_;
    }
    wakes_.notify_one();
  }

  void settle() override {
    MutexLock lock(mutex_);
    const auto wanted = appended_;
    written_.wait_for(lock, kSettle, [&]() STEPD_REQUIRES(mutex_) { return handled_ >= wanted || ending_; });
  }

 private:
  using Sink = spdlog::sinks::rotating_file_sink_st;
  struct Line {
    std::string group;
    std::string text;
  };

  void run() {
    for (;;) {
      MutexLock lock(mutex_);
      wakes_.wait(lock, [this]() STEPD_REQUIRES(mutex_) { return ending_ || !waiting_.empty(); });
      const auto batch = std::exchange(waiting_, {});
      // Room for new lines at once: at most two queues full are in memory.
      waiting_bytes_ = 0;
      too_many_ += std::exchange(dropped_, 0);
      const bool last = ending_ && batch.empty();
      lock.unlock();
      write(batch);
      complain(last);
      lock.lock();
      handled_ += batch.size();
      lock.unlock();
      written_.notify_all();
      if (last) return;
    }
  }

  void write(const std::deque<Line>& batch) {
    std::map<std::string, std::size_t> written;
    for (const auto& line : batch) {
      if (attempt(line.group, [&](Sink& sink) { sink.log({"", spdlog::level::info, line.text}); }))
        ++written[line.group];
      else
        ++lost_;
    }
    for (const auto& [group, lines] : written) {
      if (!attempt(group, [](Sink& sink) { sink.flush(); })) lost_ += lines;
    }
  }

  /// A file that failed is opened anew, but not at once: trying takes long, and other groups have lines as well.
  template <class Work>
  bool attempt(const std::string& group, Work work) {
    const auto rests = resting_.find(group);
    if (rests != resting_.end() && std::chrono::steady_clock::now() < rests->second) return false;
    try {
      work(sink_of(group));
      if (rests != resting_.end()) resting_.erase(rests);
      return true;
    } catch (const std::exception& error) {
      why_ = error.what();
      open_.erase(group);
      resting_[group] = std::chrono::steady_clock::now() + kRest;
      return false;
    }
  }

  Sink& sink_of(const std::string& group) {
    if (const auto known = open_.find(group); known != open_.end()) return *known->second;
    if (open_.size() >= kOpenMax) open_.clear();
    auto sink = std::make_unique<Sink>(log_file_of(folder_, group).string(), options_.file_bytes, options_.files);
    sink->set_formatter(std::make_unique<spdlog::pattern_formatter>("%v", spdlog::pattern_time_type::utc, "\n"));
    return *open_.emplace(group, std::move(sink)).first->second;
  }

  void complain(bool at_once) {
    const auto now = std::chrono::steady_clock::now();
    if (lost_ + too_many_ == 0 || (!at_once && now < silent_until_)) return;
    silent_until_ = now + kSilence;
    if (lost_ > 0) spdlog::warn("log groups: {} lines were lost: {}", lost_, why_);
    if (too_many_ > 0) {
      spdlog::warn("log groups: {} lines were lost: they came faster than the disk takes them", too_many_);
    }
    lost_ = 0;
    too_many_ = 0;
  }

  const std::filesystem::path folder_;
  const LogFileOptions options_;

  Mutex mutex_;
  ConditionVariable wakes_;
  ConditionVariable written_;
  std::uint64_t appended_ STEPD_GUARDED_BY(mutex_) = 0;
  std::uint64_t handled_ STEPD_GUARDED_BY(mutex_) = 0;  ///< of those appended, written or lost
  std::deque<Line> waiting_ STEPD_GUARDED_BY(mutex_);
  std::uint64_t waiting_bytes_ STEPD_GUARDED_BY(mutex_) = 0;
  std::uint64_t dropped_ STEPD_GUARDED_BY(mutex_) = 0;
  bool ending_ STEPD_GUARDED_BY(mutex_) = false;

  // Of the thread alone.
  std::map<std::string, std::unique_ptr<Sink>> open_;
  std::map<std::string, std::chrono::steady_clock::time_point> resting_;
  std::uint64_t lost_ = 0;
  std::string why_;  ///< the last reason
  std::uint64_t too_many_ = 0;
  std::chrono::steady_clock::time_point silent_until_{};

  std::thread thread_;  // last: it uses all of the above
};

}  // namespace

std::unique_ptr<LogGroups> open_log_files(std::filesystem::path folder, LogFileOptions options) {
  return std::make_unique<LogFiles>(std::move(folder), options);
}

}  // namespace stepd::storage
