#include "daemon/cli/start_failure.h"

#include <sys/resource.h>
#include <boost/system/system_error.hpp>
#include <cerrno>
#include <new>
#include <system_error>

namespace stepd::daemon {
namespace {

std::string limit_of(decltype(RLIMIT_AS) resource, std::uint64_t unit) {
  rlimit limit{};
  if (getrlimit(resource, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return "unlimited";
  return std::to_string(limit.rlim_cur / unit);
}

std::string address_space() { return "address space (ulimit -v: " + limit_of(RLIMIT_AS, 1024) + ")"; }

int code_of(const std::exception& error) {
  if (const auto* failed = dynamic_cast<const std::system_error*>(&error)) return failed->code().value();
  if (const auto* failed = dynamic_cast<const boost::system::system_error*>(&error)) return failed->code().value();
  return 0;
}

}  // namespace

std::string why_not_started(const std::exception& error) {
  if (dynamic_cast<const std::bad_alloc*>(&error) != nullptr) {
    return "there is not enough memory, or too little " + address_space();
  }
  const std::string what = error.what();
  switch (code_of(error)) {
    case EAGAIN:  // what the system answers to a thread or a process too many, whatever was short
      return "no further thread or process can be started (" + what + "): too little " + address_space() +
             ", or too many threads and processes (ulimit -u: " + limit_of(RLIMIT_NPROC, 1) +
             ", or the limit of the container or service)";
    case ENOMEM:
      return what + ": there is not enough memory, or too little " + address_space();
    case EMFILE:
    case ENFILE:
      return what + ": too few file descriptors (ulimit -n: " + limit_of(RLIMIT_NOFILE, 1) + ")";
    default:
      return what;
  }
}

}  // namespace stepd::daemon
