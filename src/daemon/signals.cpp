#include "daemon/signals.h"

#include <poll.h>
#include <spdlog/spdlog.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace stepd::daemon {
namespace {

sigset_t end_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  return set;
}

/// What is not a request to end, and would end the process all the same.
constexpr std::array<int, 3> kIgnored{SIGHUP, SIGUSR1, SIGUSR2};

sigset_t taken_signals() {
  sigset_t set = end_signals();
  for (const int each : kIgnored) sigaddset(&set, each);
  return set;
}

/// A line in the log; true for a signal that asks for the end.
bool asks_for_end(int signal) {
  if (std::find(kIgnored.begin(), kIgnored.end(), signal) == kIgnored.end()) return true;
  spdlog::info(
      "{} changes nothing: the configuration is read at the start only; SIGTERM ends stepd, then start it again",
      signal == SIGHUP    ? "SIGHUP"
      : signal == SIGUSR1 ? "SIGUSR1"
                          : "SIGUSR2");
  return false;
}

Descriptor checked(int fd) {
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "cannot wait for signals");
  return Descriptor(fd);
}

}  // namespace

Signals::Signals() {
  const sigset_t set = taken_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);  // a client that went away is an error code, not the end
  signals_ = checked(::signalfd(-1, &set, SFD_CLOEXEC));
  fatal_ = checked(::eventfd(0, EFD_CLOEXEC));
}

void Signals::raise_fatal() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(fatal_.get(), &one, sizeof one);
}

bool Signals::await_end() {
  for (;;) {
    std::array<pollfd, 2> polled{{{signals_.get(), POLLIN, 0}, {fatal_.get(), POLLIN, 0}}};
    while (::poll(polled.data(), polled.size(), -1) < 0 && errno == EINTR) {
    }
    if (polled[1].revents != 0) return false;
    signalfd_siginfo taken{};
    const auto read = ::read(signals_.get(), &taken, sizeof taken);
    if (read == sizeof taken && asks_for_end(static_cast<int>(taken.ssi_signo))) return true;
  }
}

Signals::Reason Signals::wait() {
  const bool fatal = !await_end();
  const sigset_t set = end_signals();
  std::signal(SIGTERM, SIG_DFL);
  std::signal(SIGINT, SIG_DFL);
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  return fatal ? Reason::Fatal : Reason::Asked;
}

}  // namespace stepd::daemon
