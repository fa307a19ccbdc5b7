#include "functions/process_environment.h"

#include "base/encoding.h"
#include "base/guarded.h"
#include "functions/launch/process_tree.h"
#include "functions/output_lines.h"
#include "functions/platform_errors.h"
#include "functions/runtime_api.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>
#include <string_view>
#include <system_error>

namespace stepd::functions {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kReadBytes = 65'536;
/// Read of one descriptor in a row, so that one function that prints without end does not hold up the others.
constexpr std::size_t kReadsInRow = 4;
/// What collect_output() reads at most: more than a pipe holds.
constexpr std::size_t kReadsAtEnd = 32;
constexpr std::chrono::milliseconds kFreezePause{5};
constexpr std::uint64_t kFileBytes = 512ull * 1024 * 1024;  // /tmp of a function, as on Lambda
constexpr std::uint64_t kMemoryFence = 1ull << 30;          // beyond the limit, of what is written to

std::string random_digits() {
  std::array<char, 16> bytes{};
  [[maybe_unused]] const auto got = ::getrandom(bytes.data(), bytes.size(), 0);
  return to_hex({bytes.data(), bytes.size()});
}

/// Ours is read without blocking; theirs is for the child.
struct OutputPipe {
  Descriptor ours;
  Descriptor theirs;
};

OutputPipe make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::system_error(errno, std::generic_category(), "no pipe");
  OutputPipe pipe{Descriptor(ends[0]), Descriptor(ends[1])};
  ::fcntl(pipe.ours.get(), F_SETFL, O_NONBLOCK);
  return pipe;
}

}  // namespace

class ProcessEnvironment::Body : public std::enable_shared_from_this<ProcessEnvironment::Body>,
                                 public RuntimeApiEvents {
 public:
  Body(asio::io_context& loop, Launcher& launcher, const ProcessPlan& plan, unsigned place, EnvironmentEvents& events,
       LogGroups& groups, const Clock& clock)
      : loop_(loop),
        launcher_(launcher),
        place_(place),
        events_(&events),
        memory_(plan.code.memory),
        sessions_(plan.sessions),
        session_(sessions_.open()),
        log_(groups, clock, plan.code.log_group, random_digits()),
        lines_(loop),
        frames_(loop),
        memory_timer_(loop),
        freeze_timer_(loop) {}

  void start(const ProcessPlan& plan) {
    try {
      launch(plan);
    } catch (const std::exception& error) {
      end_soon(0, error.what());
    }
  }

  void close() {
    events_ = nullptr;
    thaw();
    if (id_) {
      launcher_.kill(*id_);
      launcher_.forget(*id_);
    }
    stop_watching();
    api_.reset();
    sessions_.close(session_);
  }

  void give(const Invocation& invocation) {
    freeze_timer_.cancel();
    idle_ = false;
    thaw();
    if (api_ == nullptr) return;
    given_ = true;
    sessions_.note(session_, invocation.lineage);
    api_->give(invocation);
    watch_memory();
  }

  void kill() {
    thaw();
    if (id_) launcher_.kill(*id_);
  }

  void collect_output() {
    collect(lines_, kReadsAtEnd, true);
    collect(frames_, kReadsAtEnd, false);
    // A look costs more than a short call.
    if (pid_ > 0 && !ended_ && std::chrono::steady_clock::now() >= looked_ + kMemoryPause) look_at_memory();
  }

  LogStream& log() { return log_; }
  std::uint64_t peak_bytes() const { return peak_; }

 private:
  using Stream = asio::posix::stream_descriptor;

  void launch(const ProcessPlan& plan) {
    api_ = std::make_unique<RuntimeApi>(loop_, *this, plan.user);
    auto output = make_pipe();
    auto frames = make_pipe();
    const auto& blueprint = plan.blueprint;
    if (!launcher_.fences().view)
      shown_ = {{blueprint.code.string(), kTaskRoot}, {plan.bootstraps.string(), kRuntimeFolder}};
    Launch launch;
    launch.command = blueprint.command;
    launch.environment = blueprint.environment;
    launch.environment.push_back("AWS_LAMBDA_RUNTIME_API=127.0.0.1:" + std::to_string(api_->port()));
    launch.environment.push_back("AWS_LAMBDA_LOG_STREAM_NAME=" + log_.name());
    launch.environment.push_back("AWS_SESSION_TOKEN=" + session_);
    launch.environment.push_back("_LAMBDA_TELEMETRY_LOG_FD=3");
    launch.code = blueprint.code;
    launch.layers = blueprint.layers;
    launch.runtime = plan.bootstraps;
    launch.scratch = plan.scratch;
    launch.readable = blueprint.readable;
    launch.memory = memory_ + kMemoryFence;
    launch.file_bytes = kFileBytes;
    launch.user = plan.user;
    program_ = blueprint.command.front();
    const std::weak_ptr<Body> weak = weak_from_this();
    LaunchEvents told;
    told.started = [weak](int pid) {
      if (const auto self = weak.lock()) self->started(pid);
    };
    told.ended = [weak](int status, const std::string& error) {
      if (const auto self = weak.lock()) self->process_ended(status, error);
    };
    id_ = launcher_.start(std::move(launch), {output.theirs.get(), output.theirs.get(), frames.theirs.get()},
                          std::move(told));
    lines_.assign(::fcntl(output.ours.get(), F_DUPFD_CLOEXEC, 0));
    frames_.assign(::fcntl(frames.ours.get(), F_DUPFD_CLOEXEC, 0));
    read(lines_, true);
    read(frames_, false);
  }

  void started(int pid) {
    pid_ = pid;
    watch_memory();
  }

  void process_ended(int status, const std::string& error) {
    id_.reset();
    if (ended_) return;
    ended_ = true;
    stop_watching();
    Ended how{status, out_of_memory_, "", given_ && api_ != nullptr && !api_->was_told()};
    if (!error.empty()) how.not_started = "fork/exec " + shown_text(program_) + ": " + lower_first(error);
    api_.reset();
    if (events_ != nullptr) events_->ended(place_, std::move(how));
  }

  static std::string lower_first(std::string text) {
    // The C library says "No such file or directory", Lambda "no such file or directory".
    if (text.size() > 1 && text[1] >= 'a')
      text[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[0])));
    return text;
  }

  void end_soon(int status, const std::string& why) {
    asio::post(loop_, [weak = weak_from_this(), status, why] {
      if (const auto self = weak.lock()) run_guarded("a function's process", [&] { self->process_ended(status, why); });
    });
  }

  // ---- what the process asks and posts ----

  void next_asked() override {
    given_ = false;
    idle_ = true;
    if (events_ != nullptr) events_->ready(place_);
    if (idle_) freeze_later();
  }

  // It is ending; a process that is stopped could not be told of.
  void next_left() override { thaw(); }

  void answer_posted(Answer answer) override {
    if (events_ != nullptr) events_->answered(place_, show(std::move(answer)));
  }

  void init_error_posted(Answer answer) override {
    if (events_ != nullptr) events_->init_failed(place_, show(std::move(answer)));
  }

  /// Without a view of its own the process names its folders where they are.
  Answer show(Answer answer) const {
    if (answer.failed) answer.payload = shown_text(std::move(answer.payload));
    return answer;
  }

  std::string shown_text(std::string text) const {
    for (const auto& [folder, name] : shown_) {
      for (auto at = text.find(folder); at != std::string::npos; at = text.find(folder, at + name.size()))
        text.replace(at, folder.size(), name);
    }
    return text;
  }

  // ---- output ----

  void take(std::string_view text) {
    if (shown_.empty()) return log_.print(text);
    log_.print(shown_text(std::string(text)));
  }

  void read(Stream& stream, bool lines) {
    stream.async_wait(Stream::wait_read, [weak = weak_from_this(), &stream, lines](const auto& error) {
      const auto self = weak.lock();
      if (error || self == nullptr) return;
      run_guarded("a function's output", [&] {
        if (self->collect(stream, kReadsInRow, lines)) self->read(stream, lines);
      });
    });
  }

  /// False at the end of the stream.
  bool collect(Stream& stream, std::size_t reads, bool lines) {
    const TakeEvent event = [this](std::string_view text) { take(text); };
    std::array<char, kReadBytes> bytes;
    for (std::size_t i = 0; i < reads && stream.is_open(); ++i) {
      const auto count = ::read(stream.native_handle(), bytes.data(), bytes.size());
      if (count < 0) return errno == EAGAIN || errno == EINTR;
      if (count == 0) {
        if (lines) line_cutter_.finish(event);
        stream.close();
        return false;
      }
      const std::string_view got(bytes.data(), static_cast<std::size_t>(count));
      if (lines) {
        line_cutter_.add(got, event);
      } else {
        frame_cutter_.add(got, event);
      }
    }
    return stream.is_open();
  }

  // ---- memory, and freezing ----

  void watch_memory() {
    if (pid_ <= 0 || ended_ || watching_) return;
    watching_ = true;
    memory_timer_.expires_after(kMemoryPause);
    memory_timer_.async_wait([weak = weak_from_this()](const auto& error) {
      const auto self = weak.lock();
      if (error || self == nullptr) return;
      self->watching_ = false;
      run_guarded("a function's memory", [&] {
        if (self->frozen_ || self->ended_) return;
        self->look_at_memory();
        self->watch_memory();
      });
    });
  }

  void look_at_memory() {
    looked_ = std::chrono::steady_clock::now();
    const auto memory = tree_memory(pid_, memory_, !launcher_.fences().view);
    peak_ = std::max(peak_, std::min(memory.bytes, memory_));
    if (memory.bytes <= memory_ && !memory.crowded) return;
    if (out_of_memory_) return;
    out_of_memory_ = true;
    kill();
  }

  void freeze_later() {
    freeze_timer_.expires_after(kFreezePause);
    freeze_timer_.async_wait([weak = weak_from_this()](const auto& error) {
      const auto self = weak.lock();
      if (error || self == nullptr || !self->idle_ || self->ended_ || self->pid_ <= 0) return;
      self->look_at_memory();
      self->frozen_ = ::kill(-self->pid_, SIGSTOP) == 0;
    });
  }

  void thaw() {
    if (std::exchange(frozen_, false) && pid_ > 0) ::kill(-pid_, SIGCONT);
  }

  void stop_watching() {
    memory_timer_.cancel();
    freeze_timer_.cancel();
  }

  asio::io_context& loop_;
  Launcher& launcher_;
  const unsigned place_;
  EnvironmentEvents* events_;
  const std::uint64_t memory_;
  Sessions& sessions_;
  const std::string session_;  ///< its token
  LogStream log_;
  std::unique_ptr<RuntimeApi> api_;
  std::optional<std::uint64_t> id_;
  std::string program_;
  std::vector<std::pair<std::string, std::string>> shown_;  ///< folders, and what Lambda calls them; none with a view
  Stream lines_;
  Stream frames_;
  OutputLines line_cutter_;
  OutputFrames frame_cutter_;
  asio::steady_timer memory_timer_;
  asio::steady_timer freeze_timer_;
  int pid_ = -1;
  std::uint64_t peak_ = 0;
  std::chrono::steady_clock::time_point looked_;  ///< when its memory was last looked at
  bool given_ = false;
  bool idle_ = false;
  bool frozen_ = false;
  bool watching_ = false;
  bool ended_ = false;
  bool out_of_memory_ = false;
};

ProcessEnvironment::ProcessEnvironment(asio::io_context& loop, Launcher& launcher, const ProcessPlan& plan,
                                       unsigned place, EnvironmentEvents& events, LogGroups& groups, const Clock& clock)
    : body_(std::make_shared<Body>(loop, launcher, plan, place, events, groups, clock)) {
  body_->start(plan);
}
ProcessEnvironment::~ProcessEnvironment() { body_->close(); }
void ProcessEnvironment::give(const Invocation& invocation) { body_->give(invocation); }
void ProcessEnvironment::kill() { body_->kill(); }
void ProcessEnvironment::collect_output() { body_->collect_output(); }
LogStream& ProcessEnvironment::log() { return body_->log(); }
std::uint64_t ProcessEnvironment::peak_bytes() const { return body_->peak_bytes(); }

}  // namespace stepd::functions
