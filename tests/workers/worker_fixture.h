// Short ways to give image workers a job and to look at what became of it.
#pragma once

#include "tasks/workers/image_workers.h"

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace stepd::test {

using tasks::image::Work;
using tasks::workers::ImageWorkers;
using tasks::workers::WorkerOptions;

/// Two at once, otherwise as delivered; patient, because a loaded machine is no fault.
WorkerOptions patient_options();

Result<Work> ask(ImageWorkers& workers, const std::string& kind, const Json& arguments,
                 const std::stop_token& stop = {});
/// The resize that a hostile picture is met with: 20 pixels wide.
Result<Work> resize(ImageWorkers& workers, std::string_view picture);

/// Gone with its owner; everybody may read and write in it. Holds the files `object` and `spare`.
class OpenFolder {
 public:
  OpenFolder();
  ~OpenFolder();
  OpenFolder(const OpenFolder&) = delete;
  OpenFolder& operator=(const OpenFolder&) = delete;
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// Until it is true; false after a minute.
bool comes_true(const std::function<bool()>& question);
bool is_alive(int pid);

}  // namespace stepd::test
