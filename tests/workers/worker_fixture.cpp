#include "worker_fixture.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <system_error>

namespace stepd::test {

WorkerOptions patient_options() {
  WorkerOptions options;
  options.count = 2;
  options.time = std::chrono::seconds{60};
  return options;
}

Result<Work> ask(ImageWorkers& workers, const std::string& kind, const Json& arguments, const std::stop_token& stop) {
  return workers.perform({kind, Payload(arguments), {}, {}}, stop);
}

Result<Work> resize(ImageWorkers& workers, std::string_view picture) {
  const Json arguments{
      {"bucket", "in"}, {"key", "picture"}, {"width", 20}, {"destination", {{"bucket", "out"}, {"key", "small"}}}};
  return workers.perform({"resize", Payload(arguments), {}, {picture}}, {});
}

OpenFolder::OpenFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "stepd-workers-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = pattern;
  ::chmod(path_.c_str(), 0777);
  for (const char* name : {"object", "spare"}) {
    std::ofstream(path_ / name) << "an object";
    ::chmod((path_ / name).c_str(), 0666);
  }
}

OpenFolder::~OpenFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

bool comes_true(const std::function<bool()>& question) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes{1};
  while (!question()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    ::poll(nullptr, 0, 5);
  }
  return true;
}

bool is_alive(int pid) {
  std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
  std::string text;
  std::getline(stat, text);
  const auto name_end = text.rfind(')');
  if (name_end == std::string::npos) return false;
  if (text.compare(name_end + 2, 1, "Z") != 0) return true;
  // Its first thread is dead; what others hold open is open still.
  std::error_code gone;
  const std::filesystem::directory_iterator threads("/proc/" + std::to_string(pid) + "/task", gone);
  return !gone && std::distance(begin(threads), end(threads)) > 1;
}

}  // namespace stepd::test
