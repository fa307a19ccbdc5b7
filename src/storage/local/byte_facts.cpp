#include "storage/local/byte_facts.h"

#include "base/clock.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/mutex.h"

#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace stepd::storage::local {
namespace {

constexpr const char* kFacts = "user.stepd.bytes";
// All attributes of a file share a block of 4,096 bytes on ext4.
constexpr std::size_t kFactsMax = 1'024;
constexpr std::size_t kPartsTextMax = 512;
constexpr std::size_t kPartsMax = 10'000;
constexpr std::size_t kReadBytes = std::size_t{256} * 1024;
constexpr std::size_t kVersionBytes = 20;  // of another length than an MD5
constexpr std::size_t kRemembered = 10'000;
// The kernel's clock for files has ticks of up to 10 ms: a write within the same tick leaves the time as it is.
constexpr std::int64_t kTicksNs = 50'000'000;

std::int64_t modified_ns(const struct stat& file) {
  return std::int64_t{file.st_mtim.tv_sec} * 1'000'000'000 + file.st_mtim.tv_nsec;
}

/// SIZE.MODIFIED
std::string stamp_of(const struct stat& file) {
  return std::to_string(file.st_size) + "." + std::to_string(modified_ns(file));
}

/// `8388608x12,1234`
std::string print_sizes(const std::vector<std::uint64_t>& sizes) {
  std::string text;
  for (std::size_t i = 0; i < sizes.size();) {
    std::size_t count = 1;
    while (i + count < sizes.size() && sizes[i + count] == sizes[i]) ++count;
    text += (text.empty() ? "" : ",") + std::to_string(sizes[i]) + (count > 1 ? "x" + std::to_string(count) : "");
    i += count;
  }
  return text;
}

std::optional<std::uint64_t> take_number(std::string_view& text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

std::vector<std::uint64_t> read_sizes(std::string_view text) {
  std::vector<std::uint64_t> sizes;
  while (!text.empty()) {
    const auto size = take_number(text);
    if (!size) return {};
    std::uint64_t count = 1;
    if (text.starts_with('x')) {
      text.remove_prefix(1);
      count = take_number(text).value_or(0);
    }
    if (count == 0 || count > kPartsMax - sizes.size()) return {};
    sizes.insert(sizes.end(), count, *size);
    if (text.starts_with(',')) text.remove_prefix(1);
  }
  return sizes;
}

std::vector<std::string> read_words(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto word = text.substr(0, text.find(','));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    words.emplace_back(word);
  }
  return words;
}

/// For files whose attributes this process may not set.
class Remembered {
 public:
  std::optional<std::string> find(const struct stat& file) {
    const MutexLock lock(mutex_);
    const auto found = etags_.find(name(file));
    return found == etags_.end() ? std::nullopt : std::optional(found->second);
  }
  void put(const struct stat& file, const std::string& etag) {
    const MutexLock lock(mutex_);
    if (etags_.size() >= kRemembered) etags_.clear();
    etags_[name(file)] = etag;
  }

 private:
  static std::string name(const struct stat& file) {
    return std::to_string(file.st_dev) + "." + std::to_string(file.st_ino) + "." + stamp_of(file);
  }
  Mutex mutex_;
  std::unordered_map<std::string, std::string> etags_ STEPD_GUARDED_BY(mutex_);
};

Remembered& remembered() {
  static Remembered those;
  return those;
}

/// None if the bytes cannot be read whole.
std::optional<std::string> md5_of(int fd, const struct stat& file, std::uint64_t* read_bytes) {
  auto digest = Digest::begin(DigestKind::Md5);
  if (!digest) return std::nullopt;
  std::vector<char> buffer(std::min<std::size_t>(kReadBytes, static_cast<std::size_t>(file.st_size) + 1));
  off_t at = 0;
  for (;;) {
    const auto count = ::pread(fd, buffer.data(), buffer.size(), at);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return std::nullopt;
    if (count == 0) break;
    digest->add({buffer.data(), static_cast<std::size_t>(count)});
    at += count;
    if (read_bytes != nullptr) *read_bytes += static_cast<std::uint64_t>(count);
  }
  if (at != file.st_size) return std::nullopt;
  return to_hex(digest->finish());
}

}  // namespace

// From what the file system changes with the bytes. The time of the inode's last change is left out, as a mode, an
// attribute, a name or a backup's hard link changes it too.
std::string version_of(const struct stat& file) {
  const std::array<std::int64_t, 3> identity{static_cast<std::int64_t>(file.st_ino), file.st_size, modified_ns(file)};
  const auto digest = sha256({reinterpret_cast<const char*>(identity.data()), sizeof identity});
  return to_hex(std::string_view(digest).substr(0, kVersionBytes));
}

bool is_plain_md5(const std::string& etag) {
  return etag.size() == 32 && etag.find_first_not_of("0123456789abcdef") == std::string::npos;
}

std::string print_facts(const ByteFacts& facts, const struct stat& file) {
  std::string text = stamp_of(file) + " " + facts.etag;
  if (!facts.bytes.reason.empty()) text += " reason=" + facts.bytes.reason;
  if (const auto& checksum = facts.bytes.checksum) {
    text += std::string(checksum->composite ? " composite=" : " whole=") + checksum->algorithm + ":" + checksum->value;
  }
  const auto sizes = print_sizes(facts.bytes.part_sizes);
  if (sizes.empty() || sizes.size() > kPartsTextMax) return text;
  text += " parts=" + sizes;
  std::string sums;
  for (const auto& sum : facts.bytes.part_sums) sums += (sums.empty() ? " sums=" : ",") + sum;
  return text.size() + sums.size() <= kFactsMax ? text + sums : text;
}

std::optional<ByteFacts> read_facts(const std::string& text, const struct stat& file) {
  std::string_view rest = text;
  const auto take_word = [&] {
    const auto word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    return word;
  };
  if (take_word() != stamp_of(file)) return std::nullopt;
  ByteFacts facts;
  facts.etag = take_word();
  if (facts.etag.empty()) return std::nullopt;
  while (!rest.empty()) {
    const auto word = take_word();
    const auto equals = word.find('=');
    if (equals == std::string_view::npos) return std::nullopt;
    const auto name = word.substr(0, equals);
    const auto value = word.substr(equals + 1);
    if (name == "reason") facts.bytes.reason = value;
    if (name == "parts") facts.bytes.part_sizes = read_sizes(value);
    if (name == "sums") facts.bytes.part_sums = read_words(value);
    if (name == "whole" || name == "composite") {
      const auto colon = std::min(value.find(':'), value.size());
      facts.bytes.checksum =
          ObjectChecksum{std::string(value.substr(0, colon)),
                         std::string(value.substr(std::min(colon + 1, value.size()))), name == "composite"};
    }
  }
  return facts;
}

void keep_facts(int fd, const struct stat& file, const ByteFacts& facts) {
  const auto text = print_facts(facts, file);
  if (text.size() <= kFactsMax) ::fsetxattr(fd, kFacts, text.data(), text.size(), 0);
}

ByteFacts facts_of(int fd, const struct stat& file, std::uint64_t* read_bytes) {
  std::array<char, kFactsMax> text;
  const auto size = ::fgetxattr(fd, kFacts, text.data(), text.size());
  if (size > 0) {
    if (auto kept = read_facts({text.data(), static_cast<std::size_t>(size)}, file)) return *std::move(kept);
  }
  if (const auto known = remembered().find(file)) return {*known, {}};
  const auto md5 = md5_of(fd, file, read_bytes);
  struct stat after {};
  const bool same = ::fstat(fd, &after) == 0 && stamp_of(after) == stamp_of(file);
  if (!md5 || !same) return {version_of(file), {}};
  const auto now = std::chrono::duration_cast<std::chrono::nanoseconds>(SystemClock().now().time_since_epoch());
  if (now.count() - modified_ns(file) > kTicksNs) {
    keep_facts(fd, file, {*md5, {}});
    remembered().put(file, *md5);
  }
  return {*md5, {}};
}

}  // namespace stepd::storage::local
