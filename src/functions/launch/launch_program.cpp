#include "functions/launch/launch_program.h"

#include "base/descriptor.h"
#include "base/landlock.h"
#include "base/lent_user.h"
#include "base/process_message.h"
#include "functions/launch/fences.h"
#include "functions/launch/launch_orders.h"
#include "functions/launch/process_tree.h"
#include "functions/launch/view.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <exception>
#include <map>
#include <optional>
#include <stdexcept>
#include <system_error>

namespace stepd::functions {
namespace {

constexpr Patience kForEver{};
/// Where a function finds the descriptor of framed log lines.
constexpr int kFrameDescriptor = 3;
constexpr unsigned long kNamespaces = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC;

/// What a child tells of itself: how the function ended, or that it never began.
struct Verdict {
  std::int32_t error = 0;   ///< errno of a program that could not be started
  std::int32_t status = 0;  ///< as waitpid() gives it
  std::array<char, 200> what{};
};

void tell(int channel, const Verdict& verdict) {
  [[maybe_unused]] const auto written = ::write(channel, &verdict, sizeof verdict);
}

Verdict failure(const std::exception& error) {
  Verdict verdict;
  verdict.error = EPERM;
  if (const auto* system = dynamic_cast<const std::system_error*>(&error)) verdict.error = system->code().value();
  std::strncpy(verdict.what.data(), error.what(), verdict.what.size() - 1);
  return verdict;
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> list;
  for (auto& text : texts) list.push_back(text.data());
  list.push_back(nullptr);
  return list;
}

/// Standard input is empty; output, error and frames are the files that came with the order.
void arrange_descriptors(const std::vector<Descriptor>& files) {
  const int nothing = ::open("/dev/null", O_RDONLY);
  // Out of the way of the numbers that are assigned.
  std::array<int, 4> given{nothing, files[0].get(), files[1].get(), files[2].get()};
  for (auto& each : given) each = ::fcntl(each, F_DUPFD, 16);
  for (int i = 0; i < 4; ++i) ::dup2(given[static_cast<std::size_t>(i)], i);
}

/// Becomes the function; `channel` is closed by that.
[[noreturn]] void become_function(const Launch& launch, const std::vector<Descriptor>& files, int channel,
                                  const FunctionFences& fences, const SystemCallFilter& filter) {
  try {
    arrange_descriptors(files);
    ::close_range(kFrameDescriptor + 1, static_cast<unsigned>(channel) - 1, 0);
    ::close_range(static_cast<unsigned>(channel) + 1, ~0u, 0);
    ::fcntl(channel, F_SETFD, FD_CLOEXEC);
    if (::chdir(fences.view ? kTaskRoot : launch.code.c_str()) != 0)
      throw std::system_error(errno, std::generic_category(), launch.code);
    ::umask(022);
    confine_function(launch, fences, filter);
    auto command = launch.command;
    auto environment = launch.environment;
    const auto arguments = pointers(command);
    const auto variables = pointers(environment);
    limit_function(launch, fences);
    ::execve(launch.command.front().c_str(), arguments.data(), variables.data());
    Verdict verdict;
    verdict.error = errno;
    tell(channel, verdict);
  } catch (const std::exception& error) {
    tell(channel, failure(error));
  }
  ::_exit(127);
}

/// The first process of a view: it builds that, starts the function, takes in what the function leaves behind, and ends
/// with it; with the first process the kernel ends all others.
[[noreturn]] void be_first(const Launch& launch, const std::vector<Descriptor>& files, int channel,
                           const std::string& staging, const FunctionFences& fences, const SystemCallFilter& filter) {
  try {
    enter_view(launch, staging);
  } catch (const std::exception& error) {
    tell(channel, failure(error));
    ::_exit(1);
  }
  const pid_t function = ::fork();
  if (function == 0) become_function(launch, files, channel, fences, filter);
  if (function < 0) {
    Verdict verdict;
    verdict.error = errno;
    tell(channel, verdict);
    ::_exit(1);
  }
  for (int each = 0; each < channel; ++each) ::close(each);
  Verdict verdict;
  for (;;) {
    const pid_t ended = ::waitpid(-1, &verdict.status, 0);
    if (ended == function || (ended < 0 && errno != EINTR)) break;
  }
  tell(channel, verdict);
  ::_exit(0);
}

/// The users of a new user namespace: a process in it says who it is itself, or waits until its parent, which is root,
/// has lent it another one.
class UserMap {
 public:
  /// Before the process is made. `lent`: see Launch::user. Without a pipe, settle() fails.
  explicit UserMap(unsigned lent) : lent_(lent) {
    std::array<int, 2> ends{};
    if (lent_ == 0 || ::pipe2(ends.data(), O_CLOEXEC) != 0) return;
    waits_ = Descriptor(ends[0]);
    tells_ = Descriptor(ends[1]);
  }

  /// For the parent.
  void lend(pid_t child) {
    if (lent_ == 0) return;
    waits_.reset();
    try {
      map_lent_user(child, lent_);
      [[maybe_unused]] const auto written = ::write(tells_.get(), "", 1);
    } catch (const std::system_error&) {
      // The pipe ends without a byte.
    }
    tells_.reset();
  }

  /// For the process. Throws std::system_error.
  void settle() {
    if (lent_ == 0) return map_own_user(user_, group_);
    tells_.reset();
    char told = 0;
    ssize_t count = 0;
    while ((count = ::read(waits_.get(), &told, 1)) < 0 && errno == EINTR) {
    }
    if (count != 1) throw std::system_error(EPERM, std::generic_category(), "no user of its own");
  }

 private:
  const unsigned lent_;
  const unsigned user_ = ::geteuid();  // in the namespace it is nobody
  const unsigned group_ = ::getegid();
  Descriptor waits_;
  Descriptor tells_;
};

/// The signals as a program expects to find them.
void restore_signals() {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (int each = 1; each < NSIG; ++each) std::signal(each, SIG_DFL);
}

class LaunchProgram {
 public:
  explicit LaunchProgram(const LaunchRules& rules) : rules_(rules) {
    fences_.confined = rules.confined;
    fences_.landlock = rules.confined ? landlock_version() : 0;
    fences_.own_user = rules.confined && ::geteuid() == 0 && view_works(kFunctionUsers.first);
    fences_.view = fences_.own_user || (rules.confined && view_works(0));
  }

  int run() {
    sigset_t children;
    sigemptyset(&children);
    sigaddset(&children, SIGCHLD);
    sigprocmask(SIG_BLOCK, &children, nullptr);
    const Descriptor deaths(::signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK));
    Notice ready;
    ready.kind = Notice::Kind::Ready;
    ready.fences = fences_;
    if (!tell_daemon(ready)) return 1;
    for (;;) {
      std::array<pollfd, 2> polled{{{kControlDescriptor, POLLIN, 0}, {deaths.get(), POLLIN, 0}}};
      if (::poll(polled.data(), polled.size(), -1) < 0 && errno != EINTR) break;
      if (polled[1].revents != 0) {
        signalfd_siginfo ignored{};
        while (::read(deaths.get(), &ignored, sizeof ignored) > 0) {
        }
        reap();
      }
      if (polled[0].revents != 0 && !obey()) break;
    }
    for (const auto& [id, child] : children_) kill_tree(child.pid);
    return 0;
  }

 private:
  struct Child {
    pid_t pid = 0;
    Descriptor channel;
  };

  static bool tell_daemon(const Notice& notice) {
    return send_message(kControlDescriptor, encode(notice), {}, kForEver) == MessageResult::Done;
  }

  bool obey() {
    Message message;
    if (receive_message(kControlDescriptor, message, kForEver) != MessageResult::Done) return false;
    const auto order = decode_order(message.text);
    if (!order) return false;
    if (order->kind == Order::Kind::Start) return start(order->launch, message.files);
    const auto found = children_.find(order->launch.id);
    if (found != children_.end()) kill_tree(found->second.pid);
    return true;
  }

  bool start(const Launch& launch, std::vector<Descriptor>& files) {
    Notice notice;
    notice.id = launch.id;
    if (files.size() != 3) return false;
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
      notice.error = std::generic_category().message(errno);
      return tell_daemon(notice);
    }
    Child child{0, Descriptor(ends[0])};
    Descriptor theirs(ends[1]);
    child.pid = fork_child(launch, files, theirs);
    if (child.pid < 0) {
      notice.error = "a process cannot be started: " + std::generic_category().message(errno);
      return tell_daemon(notice);
    }
    notice.kind = Notice::Kind::Started;
    notice.pid = child.pid;
    children_.emplace(launch.id, std::move(child));
    return tell_daemon(notice);
  }

  pid_t fork_child(const Launch& launch, const std::vector<Descriptor>& files, Descriptor& channel) {
    const pid_t self = ::getpid();
    UserMap users(launch.user);
    const unsigned long flags = SIGCHLD | (fences_.view ? kNamespaces : 0);
    const auto pid = static_cast<pid_t>(::syscall(SYS_clone, flags, nullptr, nullptr, nullptr, nullptr));
    if (pid != 0) {
      if (pid > 0) users.lend(pid);
      return pid;
    }
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    if (!fences_.view && ::getppid() != self) ::_exit(1);
    ::setsid();
    restore_signals();
    // Above all descriptors that are to be closed.
    const int moved = ::fcntl(channel.get(), F_DUPFD, 64);
    if (fences_.view) {
      try {
        users.settle();
      } catch (const std::exception& error) {
        tell(moved, failure(error));
        ::_exit(1);
      }
      be_first(launch, files, moved, rules_.staging, fences_, filter_);
    }
    become_function(launch, files, moved, fences_, filter_);
  }

  /// The view ends with its first process. Without one, whoever has left its parents becomes a child of this process.
  void kill_tree(pid_t root) const {
    if (!fences_.view) {
      for (const pid_t each : process_tree(root)) ::kill(each, SIGKILL);
      ::kill(-root, SIGKILL);
    }
    ::kill(root, SIGKILL);
  }

  void reap() {
    for (;;) {
      int status = 0;
      const pid_t ended = ::waitpid(-1, &status, WNOHANG);
      if (ended <= 0) break;
      const auto found =
          std::find_if(children_.begin(), children_.end(), [&](const auto& each) { return each.second.pid == ended; });
      if (found == children_.end()) continue;
      if (!fences_.view) ::kill(-ended, SIGKILL);
      tell_end(found->first, status, found->second.channel.get());
      children_.erase(found);
    }
    if (!fences_.view) kill_orphans();
  }

  void tell_end(std::uint64_t id, int status, int channel) const {
    Notice notice;
    notice.id = id;
    notice.status = status;
    Verdict verdict;
    ::fcntl(channel, F_SETFL, O_NONBLOCK);
    if (::read(channel, &verdict, sizeof verdict) == static_cast<ssize_t>(sizeof verdict)) {
      notice.status = verdict.status;
      verdict.what.back() = '\0';
      if (verdict.error != 0) {
        notice.error =
            verdict.what[0] != '\0' ? std::string(verdict.what.data()) : std::generic_category().message(verdict.error);
      }
    }
    tell_daemon(notice);
  }

  /// Without a view nothing else says whose they were: what leaves its parents is ended.
  void kill_orphans() const {
    const auto tree = process_tree(::getpid());
    for (const pid_t each : tree) {
      if (each == ::getpid()) continue;
      const bool known =
          std::any_of(children_.begin(), children_.end(), [&](const auto& child) { return child.second.pid == each; });
      if (!known && is_own_child(each)) ::kill(each, SIGKILL);
    }
  }

  static bool is_own_child(pid_t pid) {
    siginfo_t state{};
    return ::waitid(P_PID, static_cast<id_t>(pid), &state, WEXITED | WNOHANG | WNOWAIT) == 0;
  }

  /// Tried by a process of its own, as it can fail in many ways: by settings of the kernel, of AppArmor, of containers.
  bool view_works(unsigned lent) {
    Launch trial;
    trial.user = lent;
    trial.code = "/usr";
    trial.runtime = "/usr";
    trial.scratch = "/tmp";
    UserMap users(lent);
    const auto pid =
        static_cast<pid_t>(::syscall(SYS_clone, SIGCHLD | kNamespaces, nullptr, nullptr, nullptr, nullptr));
    if (pid < 0) return false;
    if (pid == 0) {
      try {
        users.settle();
        enter_view(trial, rules_.staging);
        ::_exit(lent == 0 || become_user(lent) ? 0 : 1);
      } catch (const std::exception&) {
        ::_exit(1);
      }
    }
    users.lend(pid);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

  const LaunchRules rules_;
  const SystemCallFilter filter_;
  FunctionFences fences_;
  std::map<std::uint64_t, Child> children_;
};

/// It ends with the daemon, which decides how: whoever ends a service tells all of its processes at once.
void leave_signals_alone() {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int each : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGUSR1, SIGUSR2}) std::signal(each, SIG_IGN);
}

}  // namespace

int run_function_launcher() {
  leave_signals_alone();
  ::prctl(PR_SET_NAME, "stepd-launcher", 0, 0, 0);
  ::prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
  Message message;
  if (receive_message(kControlDescriptor, message, kForEver) != MessageResult::Done) return 1;
  const auto rules = decode_rules(message.text);
  if (!rules) return 1;
  try {
    return LaunchProgram(*rules).run();
  } catch (const std::exception& error) {
    Notice notice;
    notice.error = error.what();
    send_message(kControlDescriptor, encode(notice), {}, kForEver);
    return 1;
  }
}

}  // namespace stepd::functions
