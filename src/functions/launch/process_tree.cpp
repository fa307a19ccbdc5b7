#include "functions/launch/process_tree.h"

#include <dirent.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <memory>
#include <string>

namespace stepd::functions {
namespace {

std::string folder_of(pid_t pid) { return "/proc/" + std::to_string(pid); }

void add_children(pid_t parent, std::vector<pid_t>& tree) {
  const std::string tasks = folder_of(parent) + "/task";
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(::opendir(tasks.c_str()), ::closedir);
  if (folder == nullptr) return;
  while (const dirent* entry = ::readdir(folder.get())) {
    if (entry->d_name[0] == '.') continue;
    std::ifstream list(tasks + "/" + entry->d_name + "/children");
    for (pid_t child = 0; tree.size() < kTreeMax && list >> child;) tree.push_back(child);
  }
}

struct Pages {
  std::uint64_t resident = 0;
  std::uint64_t shared = 0;  ///< with files
};

Pages pages_of(pid_t pid) {
  Pages pages;
  std::uint64_t size = 0;
  std::ifstream(folder_of(pid) + "/statm") >> size >> pages.resident >> pages.shared;
  return pages;
}

/// The proportional share; reading it is slow.
std::uint64_t share_of(pid_t pid) {
  std::ifstream lines(folder_of(pid) + "/smaps_rollup");
  std::string word;
  while (lines >> word) {
    std::uint64_t kibibytes = 0;
    if (word == "Pss:" && lines >> kibibytes) return kibibytes * 1024;
  }
  return 0;
}

}  // namespace

std::vector<pid_t> process_tree(pid_t root) {
  std::vector<pid_t> tree{root};
  for (std::size_t i = 0; i < tree.size() && tree.size() < kTreeMax; ++i) add_children(tree[i], tree);
  return tree;
}

TreeMemory tree_memory(pid_t root, std::uint64_t limit, bool with_root) {
  const auto page = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
  auto tree = process_tree(root);
  // Before anything slow: they may be multiplying.
  if (tree.size() >= kTreeMax) return {0, true};
  if (!with_root) tree.erase(tree.begin());
  TreeMemory memory;
  Pages largest;
  std::uint64_t others = 0;
  for (const pid_t each : tree) {
    auto pages = pages_of(each);
    if (pages.resident > largest.resident) std::swap(pages, largest);
    others += pages.resident - std::min(pages.shared, pages.resident);
  }
  memory.bytes = (largest.resident + others) * page;
  if (memory.bytes <= limit || tree.size() <= 1) return memory;
  memory.bytes = 0;
  for (const pid_t each : tree) memory.bytes += share_of(each);
  return memory;
}

}  // namespace stepd::functions
