// What every benchmark prints with: rows of figures, ratios to a limit that was measured in the same run.
#pragma once

#include <unistd.h>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <string>

namespace stepd::bench {

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count(); }

 private:
  std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

/// A folder on the disk of the working directory (a memory file system would flatter), removed at the end.
class ScratchFolder {
 public:
  explicit ScratchFolder(const std::string& name)
      : path_(std::filesystem::current_path() / (name + "-" + std::to_string(getpid()))) {
    std::filesystem::create_directories(path_);
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

inline void print_header(const char* what) { std::printf("\n%s\n", what); }

/// `ratio` to the limit that is named in the header.
inline void print_row(const std::string& label, double per_second, const char* unit, double ratio) {
  std::printf("  %-34s %12.1f %s %10.3f\n", label.c_str(), per_second, unit, ratio);
}

}  // namespace stepd::bench
