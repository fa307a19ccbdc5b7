// The few file operations behind a topic's file, each with its failure as an error of a task.
// It does not depend on what is in a file.
#pragma once

#include "base/descriptor.h"
#include "base/result.h"

#include <filesystem>
#include <string_view>

namespace stepd::tasks {

/// `Notify.Failed`, with the system's reason but no path: "The topic's file cannot be read: ...".
AslError notify_failed(std::string_view file, std::string_view verb, int error);

Result<void> write_all(int fd, std::string_view bytes, std::string_view file);

/// Makes the names in a folder durable.
Result<void> sync_folder(const std::filesystem::path& folder, std::string_view file);

}  // namespace stepd::tasks
