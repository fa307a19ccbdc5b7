// A group is `NAME.log` and the older `NAME.1.log`, `NAME.2.log`, ... A place names a file by its inode and birth,
// which rotation keeps, so that it means the same line afterwards.
#include "storage/logs/log_file_reader.h"

#include "base/descriptor.h"
#include "base/encoding.h"
#include "storage/logs/log_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace stepd::storage {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBlockBytes = 256 * 1024;
constexpr unsigned kRotationsMax = 1'000;
constexpr std::size_t kGroupsMax = 10'000;

struct LogFile {
  Descriptor descriptor;
  std::uint64_t identity = 0;
  std::uint64_t bytes = 0;
  Instant created;
};

std::optional<LogFile> open_log_file(const fs::path& path) {
  LogFile file;
  file.descriptor = Descriptor(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (file.descriptor.get() < 0) return std::nullopt;
  struct statx stat {};
  if (::statx(file.descriptor.get(), "", AT_EMPTY_PATH, STATX_INO | STATX_SIZE | STATX_BTIME | STATX_MTIME, &stat) !=
      0) {
    return std::nullopt;
  }
  if (!S_ISREG(stat.stx_mode)) return std::nullopt;
  const bool born = (stat.stx_mask & STATX_BTIME) != 0;
  const auto& time = born ? stat.stx_btime : stat.stx_mtime;
  const auto birth = born ? static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec : 0;
  file.identity = stat.stx_ino ^ (birth * 0x9E3779B97F4A7C15U);
  file.bytes = stat.stx_size;
  file.created = Instant(std::chrono::milliseconds(time.tv_sec * 1'000 + time.tv_nsec / 1'000'000));
  return file;
}

/// `NAME.2.log` of `NAME.log`.
fs::path rotated(const fs::path& newest, unsigned number) {
  return newest.parent_path() / (newest.stem().string() + "." + std::to_string(number) + ".log");
}

/// The oldest first. A rotation meanwhile shows a file twice or not at all: once is enough.
std::vector<LogFile> files_of(const fs::path& newest) {
  std::vector<LogFile> files;
  const auto add = [&](const fs::path& path) {
    auto file = open_log_file(path);
    if (!file) return false;
    const bool known =
        std::any_of(files.begin(), files.end(), [&](const auto& each) { return each.identity == file->identity; });
    if (!known) files.push_back(std::move(*file));
    return true;
  };
  add(newest);
  for (unsigned number = 1; number <= kRotationsMax && add(rotated(newest, number)); ++number) continue;
  std::reverse(files.begin(), files.end());
  return files;
}

/// The group of a file's name, without `.log`; none for a name that was cut short (log_file_name.cpp).
std::optional<std::string> group_of(std::string name) {
  std::replace(name.begin(), name.end(), '+', '/');
  return percent_decode(name);
}

/// Fewer than `size` bytes only at the end and where the disk fails.
std::string read_block(const LogFile& file, std::uint64_t offset, std::size_t size) {
  std::string block(size, '\0');
  std::size_t filled = 0;
  while (filled < size) {
    const auto count =
        ::pread(file.descriptor.get(), block.data() + filled, size - filled, static_cast<off_t>(offset + filled));
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    filled += static_cast<std::size_t>(count);
  }
  block.resize(filled);
  return block;
}

/// Reads one file in one direction, line by line, until the bytes of `budget` are read or `take` has enough.
class LineWalk {
 public:
  LineWalk(std::uint64_t& budget, const std::function<bool(const LogLine&)>& take) : budget_(budget), take_(take) {}

  bool has_ended() const { return ended_; }

  /// Answers the offset after the last whole line that was seen.
  std::uint64_t forward(const LogFile& file, std::uint64_t from) {
    std::string carried;  // the begin of a line
    std::uint64_t begin = from;
    std::uint64_t offset = from;
    bool too_long = false;
    while (offset < file.bytes && !ended_) {
      const auto block = read_block(file, offset, block_size(file.bytes - offset));
      if (block.empty()) break;
      offset += block.size();
      std::string_view rest = block;
      for (auto end = rest.find('\n'); end != std::string_view::npos; end = rest.find('\n')) {
        carried += rest.substr(0, end);
        rest.remove_prefix(end + 1);
        const auto after = offset - rest.size();
        const bool more = hand_over({{file.identity, begin}, {file.identity, after}, carried}, too_long);
        too_long = false;
        carried.clear();
        begin = after;
        if (!more) return ended_ = true, begin;
      }
      if (!too_long) carried += rest;
      if (carried.size() > LogReader::kLineBytesMax) {
        carried.clear();
        too_long = true;
      }
    }
    return begin;
  }

  /// Answers the offset where the last line that was seen begins.
  std::uint64_t backward(const LogFile& file, std::uint64_t from) {
    std::string buffer;  // from `offset` on, up to and with the line break of the line that is sought
    std::uint64_t offset = from;
    std::uint64_t begin = from;
    bool whole = from < file.bytes;  // what lies before `from` ends with a line break, unless that is the file's end
    bool too_long = false;
    while (offset > 0 && !ended_) {
      const auto size = block_size(offset);
      const auto block = read_block(file, offset - size, size);
      if (block.size() < size) break;
      offset -= size;
      buffer.insert(0, block);
      if (!whole) {  // the end of the file may be a line that is being written
        const auto last = buffer.rfind('\n');
        if (last == std::string::npos) {
          if (buffer.size() > LogReader::kLineBytesMax) buffer.clear();
          continue;
        }
        buffer.resize(last + 1);
        begin = offset + buffer.size();
        whole = true;
      }
      while (!buffer.empty()) {
        const auto before = buffer.size() < 2 ? std::string::npos : buffer.rfind('\n', buffer.size() - 2);
        if (before == std::string::npos && offset > 0) break;
        const auto start = before == std::string::npos ? 0 : before + 1;
        const LogLine line{{file.identity, offset + start},
                           {file.identity, offset + buffer.size()},
                           buffer.substr(start, buffer.size() - start - 1)};
        buffer.resize(start);
        begin = offset + start;
        const bool more = hand_over(line, std::exchange(too_long, false));
        if (!more) return ended_ = true, begin;
      }
      if (buffer.size() > LogReader::kLineBytesMax) {
        buffer.assign(1, '\n');
        too_long = true;
      }
    }
    return begin;
  }

 private:
  static std::size_t block_size(std::uint64_t left) {
    return static_cast<std::size_t>(std::min<std::uint64_t>(kBlockBytes, left));
  }

  /// Whether the walk goes on behind that line. The budget ends it between two lines only, so that each walk gets on.
  bool hand_over(const LogLine& line, bool too_long) {
    const auto bytes = line.after.offset - line.at.offset;
    budget_ -= std::min<std::uint64_t>(budget_, bytes);
    const bool more = too_long || line.text.size() > LogReader::kLineBytesMax || take_(line);
    return more && budget_ > 0;
  }

  std::uint64_t& budget_;
  const std::function<bool(const LogLine&)>& take_;
  bool ended_ = false;
};

class LogFileReader final : public LogReader {
 public:
  explicit LogFileReader(fs::path folder) : folder_(std::move(folder)) {}

  std::vector<LogGroupListing> groups() const override {
    std::vector<LogGroupListing> listings;
    std::error_code fault;
    for (auto at = fs::directory_iterator(folder_, fault); !fault && at != fs::directory_iterator();
         at.increment(fault)) {
      const auto& path = at->path();
      if (path.extension() != ".log" || listings.size() >= kGroupsMax) continue;
      // `NAME.1.log` is a file of `NAME`, if that is there.
      const fs::path stem = path.stem();
      const auto number = stem.extension().string();
      const bool numbered = number.size() > 1 && number.find_first_not_of("0123456789", 1) == std::string::npos;
      if (numbered && fs::exists(folder_ / (stem.stem().string() + ".log"), fault)) continue;
      const auto group = group_of(stem.string());
      if (!group || log_file_of(folder_, *group) != path) continue;
      LogGroupListing listing{*group, {}, 0};
      const auto files = files_of(path);
      if (files.empty()) continue;
      listing.created = files.front().created;
      for (const auto& file : files) listing.bytes += file.bytes;
      listings.push_back(std::move(listing));
    }
    std::sort(listings.begin(), listings.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return listings;
  }

  bool has(std::string_view group) const override { return open_log_file(log_file_of(folder_, group)).has_value(); }

  Result<bool> create(std::string_view group) override {
    std::error_code fault;
    fs::create_directories(folder_, fault);
    const auto path = log_file_of(folder_, group);
    const Descriptor made(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (made.get() >= 0) return true;
    if (errno == EEXIST) return false;
    return AslError{"Log.Failed", std::string("The log group cannot be made: ") + std::strerror(errno)};
  }

  std::optional<LogPosition> read(std::string_view group, std::optional<LogPosition> from, LogDirection direction,
                                  std::uint64_t bytes_max,
                                  const std::function<bool(const LogLine& line)>& take) const override {
    const auto files = files_of(log_file_of(folder_, group));
    if (files.empty()) return from ? std::nullopt : std::optional<LogPosition>(LogPosition{});
    const bool ahead = direction == LogDirection::Forward;
    std::size_t at = ahead ? 0 : files.size() - 1;
    std::uint64_t offset = ahead ? 0 : files[at].bytes;
    if (from && *from != LogPosition{}) {
      const auto found =
          std::find_if(files.begin(), files.end(), [&](const auto& each) { return each.identity == from->file; });
      if (found == files.end() || from->offset > found->bytes) return std::nullopt;
      at = static_cast<std::size_t>(found - files.begin());
      offset = from->offset;
    }
    std::uint64_t budget = bytes_max;
    LineWalk walk(budget, take);
    for (;;) {
      const auto end = ahead ? walk.forward(files[at], offset) : walk.backward(files[at], offset);
      const LogPosition place{files[at].identity, end};
      const bool last = ahead ? at + 1 == files.size() : at == 0;
      if (walk.has_ended() || last) return place;
      at = ahead ? at + 1 : at - 1;
      offset = ahead ? 0 : files[at].bytes;
    }
  }

 private:
  const fs::path folder_;
};

}  // namespace

std::unique_ptr<LogReader> open_log_reader(std::filesystem::path folder) {
  return std::make_unique<LogFileReader>(std::move(folder));
}

}  // namespace stepd::storage
