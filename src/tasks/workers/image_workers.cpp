#include "tasks/workers/image_workers.h"

#include "base/mutex.h"
#include "tasks/workers/memory_file.h"
#include "tasks/workers/zygote.h"

#include <spdlog/spdlog.h>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <cstring>
#include <set>
#include <stop_token>
#include <thread>

namespace stepd::tasks::workers {
namespace {

using image::Job;
using image::Work;

struct Worker {
  std::shared_ptr<Zygote> zygote;
  pid_t pid = 0;
  Descriptor socket;
  std::uint32_t jobs = 0;
};

/// A stop token as something that poll() can wait for.
class StopSignal {
 public:
  explicit StopSignal(const std::stop_token& stop)
      : fd_(stop.stop_possible() ? ::eventfd(0, EFD_CLOEXEC) : -1), callback_(stop, Raise{fd_.get()}) {}

  int fd() const { return fd_.get(); }

 private:
  struct Raise {
    int fd;
    void operator()() const {
      const std::uint64_t one = 1;
      [[maybe_unused]] const auto written = ::write(fd, &one, sizeof one);
    }
  };
  Descriptor fd_;
  std::stop_callback<Raise> callback_;
};

AslError cancelled() { return {"Handler.Cancelled", "The work on the picture was stopped."}; }

std::string how_it_ended(const std::optional<Ended>& ended) {
  if (!ended) return "the process is gone";
  if (!WIFSIGNALED(ended->status)) return "it ended with code " + std::to_string(WEXITSTATUS(ended->status));
  const int signal = WTERMSIG(ended->status);
  const char* name = ::sigabbrev_np(signal);
  const std::string text = name == nullptr ? "signal " + std::to_string(signal) : "SIG" + std::string(name);
  if (signal == SIGSYS) return text + ", a system call that pictures do not need";
  if (signal == SIGKILL) return text + ", from outside or for want of memory";
  return text;
}

bool ran_out_of_memory(const std::optional<Ended>& ended) {
  return ended && WIFEXITED(ended->status) && WEXITSTATUS(ended->status) == kExitOutOfMemory;
}

bool ran_out_of_time(const std::optional<Ended>& ended) {
  return ended && WIFSIGNALED(ended->status) && WTERMSIG(ended->status) == SIGXCPU;
}

Confinement confinement_of(const WorkerOptions& options) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(options.time).count();
  return {options.memory, options.result, static_cast<std::uint64_t>(seconds) * options.jobs + 1, options.count};
}

}  // namespace

class ImageWorkers::Pool {
 public:
  explicit Pool(WorkerOptions options) : options_(std::move(options)) {
    if (options_.count == 0) options_.count = std::max(1u, std::thread::hardware_concurrency());
  }

  ~Pool() {
    for (auto& worker : idle_) end(worker);
  }

  /// The process to fork from; a new one if the last is lost.
  std::shared_ptr<Zygote> zygote() {
    const MutexLock lock(zygote_mutex_);
    if (zygote_ != nullptr && !zygote_->is_lost()) return zygote_;
    if (zygote_ != nullptr) spdlog::warn("the process of the image workers was lost; another is started");
    zygote_ = std::make_shared<Zygote>(options_.command, confinement_of(options_));
    const auto& fences = zygote_->fences();
    spdlog::log(fences.landlock > 0 && fences.thread_limit ? spdlog::level::debug : spdlog::level::warn,
                "image workers: at most {} processes, confined by {}", options_.count, describe(fences));
    return zygote_;
  }

  Result<Work> perform(const Job& job, const std::stop_token& stop) {
    if (stop.stop_requested()) return cancelled();
    std::vector<Descriptor> pictures;
    std::vector<int> files;
    for (const auto& bytes : job.pictures) {
      auto file = make_memory_file(bytes);
      if (!file)
        return AslError{"Image.NoWorker", "The picture cannot be handed to a worker: " + file.error().cause + "."};
      pictures.push_back(*std::move(file));
      files.push_back(pictures.back().get());
    }
    const std::string text = encode_job(job);
    const StopSignal signal(stop);
    STEPD_CHECK(take_place(stop));
    const Place place(*this);
    for (;;) {
      STEPD_TRY(Worker worker, take_worker());
      const Patience patience{std::chrono::steady_clock::now() + options_.time, signal.fd()};
      const auto sent = send_message(worker.socket.get(), text, files, patience);
      if (sent == MessageResult::Closed && worker.jobs > 0) {  // it died while it had nothing to do
        bury(worker, "idle");
        continue;
      }
      return finish(std::move(worker), job, sent, patience);
    }
  }

  Tally tally() const {
    const MutexLock lock(mutex_);
    auto tally = tally_;
    tally.alive = alive_.size();
    return tally;
  }

  std::vector<int> process_ids() const {
    const MutexLock lock(mutex_);
    return {alive_.begin(), alive_.end()};
  }

 private:
  /// One of `options_.count` that work at once.
  class Place {
   public:
    explicit Place(Pool& pool) : pool_(pool) {}
    ~Place() {
      const MutexLock lock(pool_.mutex_);
      --pool_.busy_;
      pool_.freed_.notify_one();
    }
    Place(const Place&) = delete;
    Place& operator=(const Place&) = delete;

   private:
    Pool& pool_;
  };

  Result<void> take_place(const std::stop_token& stop) {
    MutexLock lock(mutex_);
    if (!freed_.wait(lock, stop, [this]() STEPD_REQUIRES(mutex_) { return busy_ < options_.count; }))
      return cancelled();
    ++busy_;
    return {};
  }

  /// An idle one, else a new one: whoever has a place may have a process.
  Result<Worker> take_worker() {
    for (;;) {
      MutexLock lock(mutex_);
      if (idle_.empty()) break;
      Worker worker = std::move(idle_.back());
      idle_.pop_back();
      lock.unlock();
      // It has nothing to say: what can be read is its end.
      pollfd polled{worker.socket.get(), POLLIN, 0};
      if (::poll(&polled, 1, 0) == 0) return worker;
      bury(worker, "idle");
    }
    try {
      return start_worker();
    } catch (const std::exception& error) {
      return AslError{"Image.NoWorker", std::string("No image worker can be started: ") + error.what() + "."};
    }
  }

  Result<Worker> start_worker() {
    for (bool again = true;; again = false) {
      const auto parent = zygote();
      auto forked = parent->fork_worker();
      if (forked) {
        const MutexLock lock(mutex_);
        ++tally_.started;
        alive_.insert(forked->pid);
        return Worker{parent, forked->pid, std::move(forked->socket)};
      }
      if (!again || !parent->is_lost())
        return AslError{"Image.NoWorker", "No image worker: " + forked.error().cause + "."};
    }
  }

  Result<Work> finish(Worker worker, const Job& job, MessageResult transfer, const Patience& patience) {
    Message message;
    if (transfer == MessageResult::Done) transfer = receive_message(worker.socket.get(), message, patience);
    if (transfer == MessageResult::Done) {
      if (auto report = decode_report(message.text, message.files, options_.result)) {
        give_back(std::move(worker), report->peak_bytes);
        return std::move(report->result);
      }
      transfer = MessageResult::Broken;
    }
    switch (transfer) {
      case MessageResult::Stopped:
        end(worker, &Tally::stopped);
        return cancelled();
      case MessageResult::Late: {
        end(worker, &Tally::stopped);
        spdlog::warn("image worker {} was killed: its {} job took longer than {} ms", worker.pid, job.kind,
                     options_.time.count());
        return too_slow();
      }
      case MessageResult::Broken:
        end(worker, &Tally::died);
        spdlog::warn("image worker {} was killed: it answered a {} job with nonsense", worker.pid, job.kind);
        return AslError{"Image.DecoderCrashed", "The decoder's process answered with nonsense and was killed."};
      default:
        return explain(bury(worker, job.kind));
    }
  }

  AslError explain(const std::optional<Ended>& ended) const {
    if (ran_out_of_time(ended)) return too_slow();
    if (ran_out_of_memory(ended)) {
      return {"Image.TooMuchMemory", "The work needs more memory than the limit image_workers.memory, " +
                                         std::to_string(options_.memory) + " bytes; it held " +
                                         std::to_string(ended->peak_bytes) + " bytes when it was refused more."};
    }
    return {"Image.DecoderCrashed", "The decoder's process died of this picture: " + how_it_ended(ended) + "."};
  }

  AslError too_slow() const {
    return {"Image.Timeout", "The work on the picture was not done after " + std::to_string(options_.time.count()) +
                                 " ms, the limit image_workers.time."};
  }

  /// One that died by itself: reaped, counted and told of.
  std::optional<Ended> bury(Worker& worker, const std::string& occupation) {
    const auto ended = end(worker, &Tally::died);
    spdlog::warn("image worker {} died ({}): {}; another takes its place", worker.pid, occupation, how_it_ended(ended));
    return ended;
  }

  std::optional<Ended> end(Worker& worker, std::uint64_t Tally::*count = nullptr) {
    const auto ended = worker.zygote->end_worker(worker.pid);
    const MutexLock lock(mutex_);
    alive_.erase(worker.pid);
    if (count != nullptr) ++(tally_.*count);
    return ended;
  }

  void give_back(Worker worker, std::uint64_t peak_bytes) {
    ++worker.jobs;
    if (worker.jobs >= options_.jobs || peak_bytes > options_.keep) {
      end(worker, &Tally::replaced);
      return;
    }
    const MutexLock lock(mutex_);
    idle_.push_back(std::move(worker));
  }

  WorkerOptions options_;
  mutable Mutex mutex_;
  StopConditionVariable freed_;
  std::vector<Worker> idle_ STEPD_GUARDED_BY(mutex_);
  std::set<int> alive_ STEPD_GUARDED_BY(mutex_);
  unsigned busy_ STEPD_GUARDED_BY(mutex_) = 0;
  Tally tally_ STEPD_GUARDED_BY(mutex_);
  Mutex zygote_mutex_;
  std::shared_ptr<Zygote> zygote_ STEPD_GUARDED_BY(zygote_mutex_);
};

ImageWorkers::ImageWorkers(WorkerOptions options) : pool_(std::make_unique<Pool>(std::move(options))) {}
ImageWorkers::~ImageWorkers() = default;

Fences ImageWorkers::prepare() { return pool_->zygote()->fences(); }
Result<Work> ImageWorkers::perform(const Job& job, const std::stop_token& stop) { return pool_->perform(job, stop); }
Tally ImageWorkers::tally() const { return pool_->tally(); }
std::vector<int> ImageWorkers::process_ids() const { return pool_->process_ids(); }

}  // namespace stepd::tasks::workers
