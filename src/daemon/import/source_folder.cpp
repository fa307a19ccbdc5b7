#include "daemon/import/source_folder.h"

#include "storage/local/local_objects.h"
#include "triggers/ignored_names.h"

#include <fnmatch.h>
#include <sys/stat.h>

#include <algorithm>

namespace stepd::daemon {
namespace {

bool matches(const std::string& pattern, const std::string& name) {
  const bool whole = pattern.find('/') != std::string::npos;
  const auto part = whole ? name : name.substr(name.rfind('/') + 1);  // npos + 1 is 0
  return ::fnmatch(pattern.c_str(), part.c_str(), FNM_CASEFOLD) == 0;
}

bool is_selected(const Selection& selection, const std::string& name) {
  const auto fits = [&](const std::string& pattern) { return matches(pattern, name); };
  const bool included =
      selection.include.empty() || std::any_of(selection.include.begin(), selection.include.end(), fits);
  return included && std::none_of(selection.exclude.begin(), selection.exclude.end(), fits);
}

}  // namespace

Result<Source> list_source(const std::filesystem::path& folder, const Selection& selection) {
  namespace fs = std::filesystem;
  std::error_code error;
  const auto wrong = [&](const fs::path& path) { return AslError{"", path.string() + ": " + error.message()}; };
  Source source;
  if (!fs::is_directory(folder, error)) {
    return AslError{"", folder.string() + ": " + (error ? error.message() : "not a folder")};
  }
  fs::recursive_directory_iterator at(folder, error);
  if (error) return wrong(folder);
  for (const fs::recursive_directory_iterator end; at != end; at.increment(error)) {
    if (error) return wrong(folder);
    const auto name = at->path().lexically_relative(folder).generic_string();
    struct stat stat {};
    if (::lstat(at->path().c_str(), &stat) != 0) continue;  // gone since
    const bool ignored = triggers::is_ignored(name);
    if (ignored && S_ISDIR(stat.st_mode)) at.disable_recursion_pending();
    if (ignored || !S_ISREG(stat.st_mode) || !is_selected(selection, name)) continue;
    SourceFile file{name, selection.prefix + name, static_cast<std::uint64_t>(stat.st_size),
                    std::int64_t{stat.st_mtim.tv_sec} * 1'000'000'000 + stat.st_mtim.tv_nsec};
    if (selection.inbox && selection.inbox->covers(file.key)) continue;
    if (selection.inbox && triggers::is_ignored(file.key)) {
      source.refused.push_back(name + ": the inbox would never take " + file.key);
    } else if (const auto checked = storage::check_key(file.key); checked) {
      source.files.push_back(std::move(file));
    } else {
      source.refused.push_back(name + ": " + checked.error().cause);
    }
  }
  if (error) return wrong(folder);
  std::sort(source.files.begin(), source.files.end(),
            [](const SourceFile& a, const SourceFile& b) { return a.name < b.name; });
  return source;
}

}  // namespace stepd::daemon
