#include "tasks/notify/durable_file.h"

#include <fcntl.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace stepd::tasks {

AslError notify_failed(std::string_view file, std::string_view verb, int error) {
  return {"Notify.Failed", "The topic's " + std::string(file) + " cannot be " + std::string(verb) + ": " +
                               std::generic_category().message(error) + "."};
}

Result<void> write_all(int fd, std::string_view bytes, std::string_view file) {
  while (!bytes.empty()) {
    const auto written = ::write(fd, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return notify_failed(file, "written", errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> sync_folder(const std::filesystem::path& folder, std::string_view file) {
  const Descriptor open(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!open || ::fsync(open.get()) != 0) return notify_failed(file, "made durable", errno);
  return {};
}

}  // namespace stepd::tasks
