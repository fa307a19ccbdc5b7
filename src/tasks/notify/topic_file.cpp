#include "tasks/notify/topic_file.h"

#include "base/mutex.h"
#include "tasks/notify/durable_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace stepd::tasks {
namespace {

constexpr std::string_view kTopicFile = "file";

AslError failed(std::string_view verb, int error) { return notify_failed(kTopicFile, verb, error); }

Result<std::string> read_tail(int fd, std::size_t size) {
  struct stat status {};
  if (::fstat(fd, &status) != 0) return failed("read", errno);
  const auto length = static_cast<std::size_t>(status.st_size);
  std::string tail(std::min(length, size), '\0');
  std::size_t got = 0;
  while (got < tail.size()) {
    const auto read = ::pread(fd, tail.data() + got, tail.size() - got, static_cast<off_t>(length - tail.size() + got));
    if (read < 0 && errno == EINTR) continue;
    if (read < 0) return failed("read", errno);
    if (read == 0) break;
    got += static_cast<std::size_t>(read);
  }
  tail.resize(got);
  return tail;
}

/// Whether a whole line of `tail` begins with `prefix`.
bool holds_line(std::string_view tail, std::string_view prefix) {
  for (auto at = tail.find(prefix); at != std::string_view::npos; at = tail.find(prefix, at + 1)) {
    if ((at == 0 || tail[at - 1] == '\n') && tail.find('\n', at) != std::string_view::npos) return true;
  }
  return false;
}

}  // namespace

std::string TopicFile::id_prefix(std::string_view id) { return "{\"messageId\":\"" + std::string(id) + "\""; }

Result<void> TopicFile::append_once(std::string_view id, std::string_view line,
                                    const std::function<Result<void>()>& before) {
  const MutexLock lock(mutex_);
  const auto path = std::filesystem::absolute(path_);
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  if (error) return failed("made", error.value());
  const Descriptor file(::open(path.c_str(), O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640));
  if (!file) return failed("opened", errno);

  STEPD_TRY(const std::string tail, read_tail(file.get(), kRecallBytes));
  if (!holds_line(tail, id_prefix(id))) {
    if (before) STEPD_CHECK(before());
    std::string bytes(tail.empty() || tail.back() == '\n' ? "" : "\n");
    bytes.append(line).push_back('\n');
    STEPD_CHECK(write_all(file.get(), bytes, kTopicFile));
  }
  // Also for a line that is there: the attempt that wrote it may have died before it was durable.
  if (::fsync(file.get()) != 0) return failed("made durable", errno);
  if (tail.empty()) STEPD_CHECK(sync_folder(path.parent_path(), kTopicFile));
  return {};
}

}  // namespace stepd::tasks
