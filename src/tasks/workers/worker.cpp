#include "tasks/workers/worker.h"

#include "tasks/image/vips.h"
#include "tasks/workers/memory_file.h"
#include "tasks/workers/protocol.h"

#include <glib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <iterator>
#include <new>
#include <stdexcept>

namespace stepd::tasks::workers {
namespace {

constexpr Patience kForEver{};
constexpr const char* kMemoryWords[] = {"out of memory",          "insufficient memory", "memory allocation",
                                        "cannot allocate memory", "not enough memory",   "unable to allocate"};

std::uint64_t peak_bytes() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return static_cast<std::uint64_t>(used.ru_maxrss) * 1024;
}

AslError out_of_memory() {
  rlimit limit{};
  ::getrlimit(RLIMIT_AS, &limit);
  return {"Image.TooMuchMemory",
          "The work needs more memory than a worker may take: with all that a worker holds, " +
              std::to_string(limit.rlim_cur) +
              " bytes of addresses, of which the limit image_workers.memory is a part; it held " +
              std::to_string(peak_bytes()) + " bytes."};
}

/// Decoders tell of it in words only, and libvips hands those on.
bool tells_of_memory(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
  return std::any_of(std::begin(kMemoryWords), std::end(kMemoryWords),
                     [&](const char* words) { return text.find(words) != std::string::npos; });
}

// GLib ends the process where it gets no memory; this says why. Whatever else libraries say is not heard.
GLogWriterOutput on_log(GLogLevelFlags level, const GLogField* fields, gsize count, void*) {
  for (gsize i = 0; i < count && (level & G_LOG_LEVEL_ERROR) != 0; ++i) {
    if (std::string_view(fields[i].key) != "MESSAGE") continue;
    const auto* message = static_cast<const char*>(fields[i].value);
    if (std::string_view(message).find("failed to allocate") != std::string_view::npos) ::_exit(kExitOutOfMemory);
  }
  return G_LOG_WRITER_HANDLED;
}

Result<image::Work> work_on(Message& message, Perform& perform) {
  auto job = decode_job(message.text);
  if (!job) return AslError{"Handler.Failed", "The worker got no job that it understands."};
  std::vector<MappedFile> pictures;
  for (const auto& file : message.files) {
    auto mapped = MappedFile::map(file.get());
    if (!mapped) return AslError{"Handler.Failed", "The worker got no picture: " + mapped.error().cause + "."};
    pictures.push_back(*std::move(mapped));
    job->pictures.push_back(pictures.back().bytes());
  }
  try {
    auto result = perform(*job, {});
    if (!result && tells_of_memory(result.error().cause)) return out_of_memory();
    return result;
  } catch (const std::bad_alloc&) {
    return out_of_memory();
  } catch (const std::exception& error) {
    return AslError{"Handler.Failed", error.what()};
  }
}

bool answer(int socket, Report report) {
  std::vector<Descriptor> files;
  if (report.result) {
    for (const auto& bytes : report.result->files) {
      auto file = make_memory_file(bytes);
      if (!file) {
        report.result = AslError{"Image.TooLarge", "A result cannot be handed over: " + file.error().cause + "."};
        files.clear();
        break;
      }
      files.push_back(*std::move(file));
    }
  }
  std::vector<int> numbers;
  for (const auto& file : files) numbers.push_back(file.get());
  return send_message(socket, encode_report(report), numbers, kForEver) == MessageResult::Done;
}

[[noreturn]] void be_worker(int socket, const Fences& fences, Perform& perform) {
  try {
    confine_system_calls(fences);
    Message message;
    while (receive_message(socket, message, kForEver) == MessageResult::Done) {
      auto result = work_on(message, perform);
      message = {};
      if (!answer(socket, {std::move(result), peak_bytes()})) break;
    }
  } catch (const std::exception&) {
    ::_exit(kExitUnconfined);
  }
  ::_exit(kExitDone);
}

/// The first of all workers' processes: waits for orders, and ends with the daemon. It sees no picture.
class ForkServer {
 public:
  explicit ForkServer(Perform& perform) : perform_(perform) {}

  int run() {
    Message message;
    while (receive_message(kControlDescriptor, message, kForEver) == MessageResult::Done) {
      const auto order = read_bytes<Order>(message.text);
      if (!order) return 1;
      const bool told = order->wish == Wish::Fork ? tell(fork_worker(message)) : tell(end_worker(order->pid));
      if (!told) return 1;
    }
    return 0;  // its children die with it
  }

  bool prepare() {
    Message message;
    if (receive_message(kControlDescriptor, message, kForEver) != MessageResult::Done) return false;
    const auto hello = read_bytes<Hello>(message.text);
    if (!hello) return false;
    try {
      image::start_vips();
      g_log_set_writer_func(on_log, nullptr, nullptr);
      if (count_threads() != 1) throw std::runtime_error("a library has started threads");
      fences_ = confine_process(hello->confinement);
    } catch (const std::exception& error) {
      send_message(kControlDescriptor, std::string("!") + error.what(), {}, kForEver);
      return false;
    }
    return tell(Ready{fences_});
  }

 private:
  template <class T>
  static bool tell(const T& answer) {
    return send_message(kControlDescriptor, bytes_of(answer), {}, kForEver) == MessageResult::Done;
  }

  // A thread would not be forked along, and what it held would stay locked.
  static std::ptrdiff_t count_threads() {
    return std::distance(std::filesystem::directory_iterator("/proc/self/task"), {});
  }

  Forked fork_worker(Message& message) {
    if (message.files.size() != 1) return {0, EINVAL};
    const pid_t self = ::getpid();
    const pid_t pid = ::fork();
    const int error = errno;
    // The worker's end of the socket is the worker's alone, or its death would not be seen at the other end.
    if (pid != 0) message.files.clear();
    if (pid < 0) return {0, error};
    if (pid > 0) return {pid, 0};
    ::close(kControlDescriptor);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
    ::prctl(PR_SET_NAME, "stepd-image", 0, 0, 0);
    if (::getppid() != self) ::_exit(kExitDone);
    be_worker(message.files.front().get(), fences_, perform_);
  }

  static Ended end_worker(pid_t pid) {
    // Of no effect on one that is dying already: its first signal stays the one that is told of.
    ::kill(pid, SIGKILL);
    Ended ended;
    rusage used{};
    while (::wait4(pid, &ended.status, 0, &used) < 0 && errno == EINTR) {
    }
    ended.peak_bytes = static_cast<std::int64_t>(used.ru_maxrss) * 1024;
    return ended;
  }

  Perform& perform_;
  Fences fences_;
};

/// They end with the daemon, which decides how: whoever ends a service tells all of its processes at once.
void leave_signals_to_the_daemon() {
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
  for (const int each : {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE, SIGUSR1, SIGUSR2}) std::signal(each, SIG_IGN);
}

}  // namespace

int run_image_workers(Perform& perform) {
  leave_signals_to_the_daemon();
  ::prctl(PR_SET_NAME, "stepd-images", 0, 0, 0);
  ForkServer server(perform);
  if (!server.prepare()) return 1;
  return server.run();
}

}  // namespace stepd::tasks::workers
