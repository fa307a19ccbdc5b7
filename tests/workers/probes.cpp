#include "probes.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vips/vips.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>

extern char** environ;

namespace stepd::test {
namespace {

int told(long result) { return result < 0 ? errno : 0; }
pid_t daemon_of(const Json& arguments) { return arguments.at("daemon").get<pid_t>(); }
std::string path_of(const Json& arguments) { return arguments.at("path").get<std::string>(); }

int open_file(const char* path, int flags) {
  const int fd = ::open(path, flags, 0600);
  if (fd < 0) return errno;
  ::close(fd);
  return 0;
}

int connect_to(const Json& arguments) {
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  if (fd < 0) return errno;
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(arguments.at("port").get<std::uint16_t>());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return told(::connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address));
}

int fork_child() {
  const pid_t pid = static_cast<pid_t>(::syscall(SYS_fork));
  if (pid == 0) ::_exit(0);
  if (pid > 0) ::waitpid(pid, nullptr, 0);
  return told(pid);
}

int run_program() {
  char name[] = "true";
  char* arguments[] = {name, nullptr};
  return told(::execve("/bin/true", arguments, environ));
}

int trace(const Json& arguments) { return told(::ptrace(PTRACE_SEIZE, daemon_of(arguments), nullptr, nullptr)); }

int read_memory_of_daemon(const Json& arguments) {
  char byte = 0;
  iovec here{&byte, 1};
  iovec there{reinterpret_cast<void*>(arguments.at("address").get<std::uintptr_t>()), 1};
  return told(::process_vm_readv(daemon_of(arguments), &here, 1, &there, 1, 0));
}

int raise_limit() {
  rlimit limit{};
  ::getrlimit(RLIMIT_CORE, &limit);
  return told(::setrlimit(RLIMIT_CORE, &limit));
}

using Reach = int (*)(const Json& arguments);
const std::map<std::string, Reach>& reaches() {
  static const std::map<std::string, Reach> all{
      {"read_system_file", [](const Json&) { return open_file("/etc/ld.so.cache", O_RDONLY); }},
      {"read_environment", [](const Json&) { return open_file("/proc/self/environ", O_RDONLY); }},
      {"read_object", [](const Json& a) { return open_file((path_of(a) + "/object").c_str(), O_RDONLY); }},
      {"write_object", [](const Json& a) { return open_file((path_of(a) + "/object").c_str(), O_WRONLY); }},
      {"make_file", [](const Json& a) { return open_file((path_of(a) + "/new").c_str(), O_WRONLY | O_CREAT); }},
      {"make_temporary_file", [](const Json& a) { return open_file(path_of(a).c_str(), O_RDWR | O_TMPFILE); }},
      {"remove_file", [](const Json& a) { return told(::unlink((path_of(a) + "/spare").c_str())); }},
      {"list_folder", [](const Json& a) { return open_file(path_of(a).c_str(), O_RDONLY | O_DIRECTORY); }},
      {"make_folder", [](const Json& a) { return told(::mkdir((path_of(a) + "/folder").c_str(), 0700)); }},
      {"connect", connect_to},
      {"unix_socket", [](const Json&) { return told(::socket(AF_UNIX, SOCK_STREAM, 0)); }},
      {"run_program", [](const Json&) { return run_program(); }},
      {"fork", [](const Json&) { return fork_child(); }},
      {"trace", trace},
      {"read_memory", read_memory_of_daemon},
      {"signal_daemon", [](const Json& a) { return told(::kill(daemon_of(a), 0)); }},
      {"set_limit", [](const Json&) { return raise_limit(); }},
  };
  return all;
}

[[noreturn]] void wait_for_ever() {
  for (;;) ::poll(nullptr, 0, -1);
}

void* idle_thread(void*) { wait_for_ever(); }

/// How many threads can be had.
int start_threads(int wanted) {
  pthread_attr_t attributes;
  ::pthread_attr_init(&attributes);
  ::pthread_attr_setstacksize(&attributes, 64 * 1024);
  int started = 0;
  pthread_t thread{};
  while (started < wanted && ::pthread_create(&thread, &attributes, idle_thread, nullptr) == 0) ++started;
  return started;
}

std::string touch_memory(std::size_t bytes) {
  std::string taken;
  taken.resize(bytes, 'x');
  return taken.substr(taken.size() / 2, 1);
}

void close_all(bool talk) {
  for (int fd = 3; fd < 20; ++fd) {
    if (talk) [[maybe_unused]]
      const auto sent = ::send(fd, "nonsense, but long enough", 25, MSG_NOSIGNAL);
    if (!talk) ::close(fd);
  }
}

Json environment() {
  Json names = Json::array();
  for (char** each = environ; *each != nullptr; ++each) names.push_back(std::string(*each));
  return names;
}

Json open_descriptors() {
  Json numbers = Json::array();
  for (int fd = 0; fd < 128; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0) numbers.push_back(fd);
  }
  return numbers;
}

tasks::image::Work answer(Json json) { return {Payload(std::move(json)), {}}; }

}  // namespace

const std::vector<std::string>& reaching_probes() {
  static const auto names = [] {
    std::vector<std::string> list;
    for (const auto& [name, reach] : reaches()) list.push_back(name);
    return list;
  }();
  return names;
}

int draw_text(const std::string& text, const std::string& font) {
  VipsImage* drawn = nullptr;
  double mean = 0;
  if (vips_text(&drawn, text.c_str(), "font", font.c_str(), "dpi", 72, nullptr) != 0) return -1;
  const int area = vips_image_get_width(drawn) * vips_image_get_height(drawn);
  const int failed = vips_avg(drawn, &mean, nullptr);
  g_object_unref(drawn);
  return failed != 0 ? -1 : static_cast<int>(mean * area / 255);
}

int probe(const std::string& name, const Json& arguments) { return reaches().at(name)(arguments); }

Result<tasks::image::Work> probe_or_perform(const tasks::image::Job& job, const std::stop_token& stop) {
  const Json& arguments = job.arguments.json();
  if (reaches().contains(job.kind)) return answer({{"error", probe(job.kind, arguments)}});
  if (job.kind == "process")
    return answer({{"pid", ::getpid()},
                   {"user", ::getuid()},
                   {"environment", environment()},
                   {"descriptors", open_descriptors()}});
  if (job.kind == "text") {
    return answer(
        {{"pixels", draw_text(arguments.at("text").get<std::string>(), arguments.at("font").get<std::string>())}});
  }
  if (job.kind == "threads") return answer({{"started", start_threads(arguments.at("wanted").get<int>())}});
  if (job.kind == "memory") return answer({{"last", touch_memory(arguments.at("bytes").get<std::size_t>())}});
  if (job.kind == "glib_memory") g_free(g_malloc(arguments.at("bytes").get<std::size_t>()));
  if (job.kind == "crash") {
    ::signal(SIGSEGV, SIG_DFL);  // which a sanitizer would take to report
    ::raise(SIGSEGV);
  }
  if (job.kind == "abort") std::abort();
  if (job.kind == "exit") ::_exit(0);
  if (job.kind == "hang") wait_for_ever();
  if (job.kind == "spin") {
    for (volatile int turns = 0;;) turns = turns + 1;
  }
  if (job.kind == "close") {
    close_all(false);
    wait_for_ever();
  }
  if (job.kind == "babble") {
    close_all(true);
    wait_for_ever();
  }
  if (job.kind == "result") {
    return tasks::image::Work{Payload(), {std::string(arguments.at("bytes").get<std::size_t>(), 'r')}};
  }
  return tasks::image::perform(job, stop);
}

}  // namespace stepd::test
