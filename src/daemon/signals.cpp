#include "daemon/signals.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>
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

Descriptor checked(int fd) {
  if (fd < 0) throw std::system_error(errno, std::generic_category(), "cannot wait for signals");
  return Descriptor(fd);
}

}  // namespace

Signals::Signals() {
  const sigset_t set = end_signals();
  pthread_sigmask(SIG_BLOCK, &set, nullptr);
  std::signal(SIGPIPE, SIG_IGN);  // a client that went away is an error code, not the end
  signals_ = checked(::signalfd(-1, &set, SFD_CLOEXEC));
  fatal_ = checked(::eventfd(0, EFD_CLOEXEC));
}

void Signals::raise_fatal() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(fatal_.get(), &one, sizeof one);
}

Signals::Reason Signals::wait() {
  std::array<pollfd, 2> polled{{{signals_.get(), POLLIN, 0}, {fatal_.get(), POLLIN, 0}}};
  while (::poll(polled.data(), polled.size(), -1) < 0 && errno == EINTR) {
  }
  const bool fatal = polled[1].revents != 0;
  if (!fatal) {
    signalfd_siginfo taken{};
    [[maybe_unused]] const auto read = ::read(signals_.get(), &taken, sizeof taken);
  }
  const sigset_t set = end_signals();
  std::signal(SIGTERM, SIG_DFL);
  std::signal(SIGINT, SIG_DFL);
  pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
  return fatal ? Reason::Fatal : Reason::Asked;
}

}  // namespace stepd::daemon
