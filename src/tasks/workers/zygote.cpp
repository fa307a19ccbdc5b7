#include "tasks/workers/zygote.h"

#include "base/mutex.h"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <stdexcept>
#include <system_error>

namespace stepd::tasks::workers {
namespace {

// Loading libvips with its modules takes a moment; on a machine that is busy, several.
constexpr auto kStartPatience = std::chrono::seconds{60};
constexpr auto kOrderPatience = std::chrono::seconds{20};

Patience within(std::chrono::seconds time) { return {std::chrono::steady_clock::now() + time, -1}; }

void check_spawn(int error, const char* what) {
  if (error != 0) throw std::system_error(error, std::generic_category(), what);
}

/// The daemon's environment may hold secrets. What the loader of programs needs is kept.
std::vector<std::string> make_environment() {
  std::vector<std::string> variables{
      "LC_ALL=C.UTF-8",
      "MALLOC_ARENA_MAX=2",
      // A picture that must be held whole is held in memory: a worker can make no file.
      "VIPS_DISC_THRESHOLD=64g",
  };
  if (const char* path = std::getenv("LD_LIBRARY_PATH")) variables.push_back(std::string("LD_LIBRARY_PATH=") + path);
  return variables;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (auto& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

class Spawn {
 public:
  Spawn() {
    check_spawn(::posix_spawn_file_actions_init(&actions_), "posix_spawn");
    check_spawn(::posix_spawnattr_init(&attributes_), "posix_spawn");
  }
  ~Spawn() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  Spawn(const Spawn&) = delete;
  Spawn& operator=(const Spawn&) = delete;

  pid_t run(std::vector<std::string> command, int given) {
    // Out of the way of the numbers that are assigned below.
    const Descriptor moved(::fcntl(given, F_DUPFD_CLOEXEC, kControlDescriptor + 1));
    const int control = moved.get();
    const int last = STDERR_FILENO;
    for (int each = STDIN_FILENO; each <= last; ++each) {
      check_spawn(::posix_spawn_file_actions_addopen(&actions_, each, "/dev/null", O_RDWR, 0), "posix_spawn");
    }
    check_spawn(::posix_spawn_file_actions_adddup2(&actions_, control, kControlDescriptor), "posix_spawn");
    check_spawn(::posix_spawn_file_actions_addclosefrom_np(&actions_, kControlDescriptor + 1), "posix_spawn");
    // A session of its own: Ctrl-C is the daemon's to judge.
    check_spawn(::posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETSID), "posix_spawn");
    const std::string program = command.front();
    command.front() = ::program_invocation_short_name;  // what it is called in lists of processes
    auto environment = make_environment();
    pid_t pid = -1;
    check_spawn(::posix_spawn(&pid, program.c_str(), &actions_, &attributes_, pointers(command).data(),
                              pointers(environment).data()),
                "the program of the image workers cannot be started");
    return pid;
  }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

}  // namespace

Zygote::Zygote(const std::vector<std::string>& command, const Confinement& confinement) {
  Ends ends = make_ends();
  pid_ = Spawn().run(command, ends.theirs.get());
  control_ = std::move(ends.ours);
  ends.theirs = Descriptor();
  try {
    greet(confinement);
  } catch (...) {
    reap();
    throw;
  }
}

Zygote::~Zygote() { reap(); }

void Zygote::reap() {
  ::kill(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

void Zygote::greet(const Confinement& confinement) {
  const auto patience = within(kStartPatience);
  Message message;
  if (send_message(control_.get(), bytes_of(Hello{confinement}), {}, patience) != MessageResult::Done ||
      receive_message(control_.get(), message, patience) != MessageResult::Done) {
    throw std::runtime_error("the process of the image workers has ended at once");
  }
  const auto ready = read_bytes<Ready>(message.text);
  if (!ready) throw std::runtime_error("image workers cannot be confined: " + message.text.substr(0, 300));
  fences_ = ready->fences;
}

bool Zygote::ask(const Order& order, std::span<const int> files, Message& message) {
  const MutexLock lock(mutex_);
  if (lost_) return false;
  const auto patience = within(kOrderPatience);
  lost_ = send_message(control_.get(), bytes_of(order), files, patience) != MessageResult::Done ||
          receive_message(control_.get(), message, patience) != MessageResult::Done;
  return !lost_;
}

Result<Zygote::Worker> Zygote::fork_worker() {
  Ends ends = make_ends();
  const int theirs = ends.theirs.get();
  Message message;
  if (!ask({Wish::Fork, 0}, {&theirs, 1}, message)) return AslError{"", "the process of the image workers is gone"};
  const auto forked = read_bytes<Forked>(message.text);
  if (!forked || forked->error != 0) {
    const int error = forked ? forked->error : EPROTO;
    return AslError{"", "an image worker cannot be forked: " +
                            (error == EAGAIN ? "there are too many processes and threads, by ulimit -u or the limit of "
                                               "the container or service"
                                             : std::generic_category().message(error))};
  }
  return Worker{forked->pid, std::move(ends.ours)};
}

std::optional<Ended> Zygote::end_worker(pid_t pid) {
  Message message;
  if (!ask({Wish::End, pid}, {}, message)) return std::nullopt;
  return read_bytes<Ended>(message.text);
}

bool Zygote::is_lost() const {
  const MutexLock lock(mutex_);
  return lost_;
}

}  // namespace stepd::tasks::workers
