#include "functions/launch/launcher.h"

#include "base/guarded.h"
#include "base/process_message.h"

#include <spdlog/spdlog.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <map>
#include <stdexcept>
#include <system_error>
#include <utility>

namespace stepd::functions {
namespace {

namespace asio = boost::asio;

constexpr auto kStartPatience = std::chrono::seconds{60};
constexpr int kEndMilliseconds = 3'000;
constexpr auto kOrderPatience = std::chrono::seconds{5};

Patience within(std::chrono::seconds time) { return {std::chrono::steady_clock::now() + time, -1}; }

void check_spawn(int error, const char* what) {
  if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

std::vector<char*> arguments_of(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (auto& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

/// The daemon's environment may hold secrets: the process gets what the loader of programs needs.
std::vector<std::string> bare_environment() {
  std::vector<std::string> variables{"LC_ALL=C.UTF-8"};
  if (const char* path = std::getenv("LD_LIBRARY_PATH")) variables.push_back(std::string("LD_LIBRARY_PATH=") + path);
  return variables;
}

class SpawnActions {
 public:
  SpawnActions() {
    check_spawn(::posix_spawn_file_actions_init(&files), "posix_spawn");
    check_spawn(::posix_spawnattr_init(&attributes), "posix_spawn");
  }
  ~SpawnActions() {
    ::posix_spawn_file_actions_destroy(&files);
    ::posix_spawnattr_destroy(&attributes);
  }
  SpawnActions(const SpawnActions&) = delete;
  SpawnActions& operator=(const SpawnActions&) = delete;

  posix_spawn_file_actions_t files{};
  posix_spawnattr_t attributes{};
};

pid_t spawn(std::vector<std::string> command, int control) {
  SpawnActions actions;
  const Descriptor moved(::fcntl(control, F_DUPFD_CLOEXEC, kControlDescriptor + 1));
  for (int each = STDIN_FILENO; each <= STDERR_FILENO; ++each)
    check_spawn(::posix_spawn_file_actions_addopen(&actions.files, each, "/dev/null", O_RDWR, 0), "posix_spawn");
  check_spawn(::posix_spawn_file_actions_adddup2(&actions.files, moved.get(), kControlDescriptor), "posix_spawn");
  check_spawn(::posix_spawn_file_actions_addclosefrom_np(&actions.files, kControlDescriptor + 1), "posix_spawn");
  // A session of its own: Ctrl-C is the daemon's to judge.
  check_spawn(::posix_spawnattr_setflags(&actions.attributes, POSIX_SPAWN_SETSID), "posix_spawn");
  const std::string program = command.front();
  command.front() = ::program_invocation_short_name;
  auto environment = bare_environment();
  pid_t pid = -1;
  check_spawn(::posix_spawn(&pid, program.c_str(), &actions.files, &actions.attributes, arguments_of(command).data(),
                            arguments_of(environment).data()),
              "the process that starts functions cannot be started");
  return pid;
}

}  // namespace

class Launcher::Line : public std::enable_shared_from_this<Launcher::Line> {
 public:
  Line(asio::io_context& loop, std::vector<std::string> command, LaunchRules rules)
      : loop_(loop), command_(std::move(command)), rules_(std::move(rules)), control_(loop) {}

  void open() {
    Ends ends = make_ends();
    pid_ = spawn(command_, ends.theirs.get());
    ends.theirs.reset();
    const auto patience = within(kStartPatience);
    Message message;
    if (send_message(ends.ours.get(), encode(rules_), {}, patience) != MessageResult::Done ||
        receive_message(ends.ours.get(), message, patience) != MessageResult::Done) {
      reap();
      throw std::runtime_error("the process that starts functions has ended at once");
    }
    const auto ready = decode_notice(message.text);
    if (!ready || ready->kind != Notice::Kind::Ready) {
      reap();
      throw std::runtime_error("functions cannot be confined: " + (ready ? ready->error : ready.error().cause));
    }
    fences_ = ready->fences;
    socket_ = std::move(ends.ours);
    // Asio closes what it is given; messages are read from the descriptor itself.
    control_.assign(::fcntl(socket_.get(), F_DUPFD_CLOEXEC, 0));
    listen();
  }

  void close() {
    closed_ = true;
    children_.clear();
    lose();
  }

  const FunctionFences& fences() const { return fences_; }

  std::uint64_t start(Launch launch, const std::array<int, 3>& files, LaunchEvents events) {
    const auto id = ++last_id_;
    launch.id = id;
    children_.emplace(id, std::move(events));
    try {
      if (pid_ < 0) {
        spdlog::warn("the process that starts functions was lost; another is started");
        open();
      }
      const Order order{Order::Kind::Start, std::move(launch)};
      if (send_message(socket_.get(), encode(order), files, within(kOrderPatience)) != MessageResult::Done) {
        lose();
        fail(id, "the process that starts functions is lost");
      }
    } catch (const std::exception& error) {
      fail(id, error.what());
    }
    return id;
  }

  void kill(std::uint64_t id) {
    if (pid_ < 0) return;
    Order order{Order::Kind::Kill, {}};
    order.launch.id = id;
    if (send_message(socket_.get(), encode(order), {}, within(kOrderPatience)) != MessageResult::Done) lose();
  }

  void forget(std::uint64_t id) { children_.erase(id); }

 private:
  void listen() {
    control_.async_wait(asio::posix::stream_descriptor::wait_read,
                        [self = shared_from_this()](const boost::system::error_code& error) {
                          if (error || self->closed_) return;
                          run_guarded("the launcher of functions", [&] { self->hear(); });
                        });
  }

  void hear() {
    Message message;
    const auto got = receive_message(socket_.get(), message, within(kOrderPatience));
    const auto notice =
        got == MessageResult::Done ? decode_notice(message.text) : Result<Notice>(AslError{"", "closed"});
    if (!notice) return lose();
    listen();
    const auto found = children_.find(notice->id);
    if (found == children_.end()) return;
    if (notice->kind == Notice::Kind::Started) return found->second.started(notice->pid);
    const auto events = std::move(found->second);
    children_.erase(found);
    events.ended(notice->status, notice->error);
  }

  /// All functions end with their launcher.
  void lose() {
    reap();
    for (auto& [id, events] : std::exchange(children_, {})) {
      asio::post(loop_, [ended = std::move(events.ended)] { ended(SIGKILL, ""); });
    }
  }

  void reap() {
    if (pid_ < 0) return;
    boost::system::error_code ignored;
    control_.close(ignored);
    socket_.reset();  // it kills the functions, and ends
    const Descriptor process(static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0)));
    pollfd end{process.get(), POLLIN, 0};
    if (::poll(&end, 1, kEndMilliseconds) != 1) ::kill(pid_, SIGKILL);
    while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
  }

  void fail(std::uint64_t id, const std::string& why) {
    const auto found = children_.find(id);
    if (found == children_.end()) return;
    asio::post(loop_, [ended = std::move(found->second.ended), why] { ended(0, why); });
    children_.erase(found);
  }

  asio::io_context& loop_;
  const std::vector<std::string> command_;
  const LaunchRules rules_;
  pid_t pid_ = -1;
  FunctionFences fences_;
  Descriptor socket_;
  asio::posix::stream_descriptor control_;
  std::map<std::uint64_t, LaunchEvents> children_;
  std::uint64_t last_id_ = 0;
  bool closed_ = false;
};

Launcher::Launcher(asio::io_context& loop, std::vector<std::string> command, LaunchRules rules)
    : line_(std::make_shared<Line>(loop, std::move(command), std::move(rules))) {
  line_->open();
}
Launcher::~Launcher() { line_->close(); }
FunctionFences Launcher::fences() const { return line_->fences(); }
std::uint64_t Launcher::start(Launch launch, const std::array<int, 3>& files, LaunchEvents events) {
  return line_->start(std::move(launch), files, std::move(events));
}
void Launcher::kill(std::uint64_t id) { line_->kill(id); }
void Launcher::forget(std::uint64_t id) { line_->forget(id); }

}  // namespace stepd::functions
