#include "triggers/ignored_names.h"

#include <fnmatch.h>
#include <algorithm>
#include <array>

namespace stepd::triggers {
namespace {

/// In lower case. Browsers, file transfer programs, download managers, synchronising programs, editors.
constexpr std::array<std::string_view, 24> kUnfinishedEndings{
    ".part",  ".partial", ".tmp",   ".temp",  ".filepart", ".crdownload", ".download", ".upload",
    ".aria2", ".!ut",     ".!qb",   ".!sync", ".bc!",      ".swp",        ".swx",      ".swo",
    ".swpx",  ".gstmp",   ".~lock", ".lftp",  ".ytdl",     ".opdownload", ".kate-swp", "~"};
constexpr std::array<std::string_view, 4> kSystemNotes{"thumbs.db", "ehthumbs.db", "desktop.ini", ".ds_store"};
constexpr std::size_t kStarsMax = 8;

char to_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool ends_with_case_aside(std::string_view text, std::string_view ending) {
  return text.size() >= ending.size() &&
         std::equal(ending.begin(), ending.end(), text.end() - static_cast<std::ptrdiff_t>(ending.size()),
                    [](char low, char c) { return low == to_lower(c); });
}

bool is_ignored_part(std::string_view part) {
  if (part.starts_with('.') || part.starts_with('~')) return true;
  if (part.size() > 1 && part.starts_with('#') && part.ends_with('#')) return true;  // Emacs saves by itself
  const auto ends = [&](std::string_view ending) { return ends_with_case_aside(part, ending); };
  const auto is = [&](std::string_view name) { return part.size() == name.size() && ends(name); };
  return std::any_of(kUnfinishedEndings.begin(), kUnfinishedEndings.end(), ends) ||
         std::any_of(kSystemNotes.begin(), kSystemNotes.end(), is);
}

/// Whether `test` holds for a part of the key; `before` is the key up to and with that part.
template <class Test>
bool any_part(std::string_view key, const Test& test) {
  for (std::size_t begin = 0; begin < key.size();) {
    const auto end = std::min(key.find('/', begin), key.size());
    if (end > begin && test(key.substr(begin, end - begin), key.substr(0, end))) return true;
    begin = end + 1;
  }
  return false;
}

bool matches(const std::string& pattern, std::string_view text) {
  return ::fnmatch(pattern.c_str(), std::string(text).c_str(), FNM_CASEFOLD) == 0;
}

}  // namespace

bool is_ignored(std::string_view key) {
  return any_part(key, [](std::string_view part, std::string_view) { return is_ignored_part(part); });
}

const std::vector<std::string_view>& unfinished_endings(Beside beside) {
  static const std::vector<std::string_view> kWhole{".aria2"};
  static const std::vector<std::string_view> kEmpty{".aria2",    ".part",       ".partial",
                                                    ".filepart", ".crdownload", ".download"};
  return beside == Beside::WholeFile ? kWhole : kEmpty;
}

Result<void> IgnorePatterns::check(std::string_view pattern) {
  if (pattern.empty() || pattern == "/")
    return AslError{"", "a pattern is a name such as *.xmp, or a path such as drafts/*"};
  if (pattern.size() > kPatternBytesMax) {
    return AslError{"", "a pattern has at most " + std::to_string(kPatternBytesMax) + " bytes"};
  }
  if (pattern.find('\0') != std::string_view::npos) return AslError{"", "a pattern contains no NUL"};
  // Each star of a pattern multiplies the ways in which it may be tried.
  if (static_cast<std::size_t>(std::count(pattern.begin(), pattern.end(), '*')) > kStarsMax) {
    return AslError{"", "a pattern has at most " + std::to_string(kStarsMax) + " stars"};
  }
  return {};
}

bool IgnorePatterns::covers(std::string_view key) const {
  return std::any_of(patterns_.begin(), patterns_.end(), [&](const std::string& given) {
    std::string pattern = given;
    const bool folder_only = pattern.ends_with('/');
    if (folder_only) pattern.pop_back();
    const bool anchored = pattern.find('/') != std::string::npos;
    if (pattern.starts_with('/')) pattern.erase(0, 1);
    return any_part(key, [&](std::string_view part, std::string_view path) {
      if (folder_only && path.size() == key.size()) return false;
      return matches(pattern, anchored ? path : part);
    });
  });
}

}  // namespace stepd::triggers
