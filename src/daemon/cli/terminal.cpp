#include "daemon/cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <iostream>

namespace stepd::daemon {
namespace {

bool wants_colours() {
  const char* none = std::getenv("NO_COLOR");
  return ::isatty(STDOUT_FILENO) != 0 && (none == nullptr || *none == '\0');
}

std::size_t terminal_columns() {
  winsize size{};
  if (::isatty(STDOUT_FILENO) == 0 || ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0) return 0;
  return size.ws_col;
}

bool continues(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) == 0x80; }

/// In characters, which is close enough to columns for what is shown here.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return !continues(c); }));
}

std::string cut(std::string_view text, std::size_t characters) {
  std::size_t at = 0;
  for (std::size_t seen = 0; at < text.size(); ++at) {
    if (continues(text[at])) continue;
    if (seen++ == characters) break;
  }
  return std::string(text.substr(0, at));
}

}  // namespace

Terminal::Terminal() : Terminal(std::cout, wants_colours(), terminal_columns()) {}

std::string Terminal::paint(std::string_view text, Colour colour) const {
  static constexpr std::array<const char*, 7> kCodes{"0", "1", "2", "32", "31", "33", "34"};
  if (!coloured_ || colour == Colour::Plain) return std::string(text);
  return "\x1b[" + std::string(kCodes[static_cast<std::size_t>(colour)]) + "m" + std::string(text) + "\x1b[0m";
}

void Terminal::line(std::string_view text) const { out_ << text << "\n"; }

void Terminal::table(const std::vector<std::string>& heading, const std::vector<std::vector<Cell>>& rows) const {
  std::vector<std::vector<Cell>> all;
  all.emplace_back();
  for (const auto& name : heading) all.back().push_back({name, Colour::Dim});
  for (const auto& row : rows) {
    all.push_back(row);
    for (auto& cell : all.back()) cell.text = printable(cell.text);
  }
  std::vector<std::size_t> widths(heading.size());
  for (const auto& row : all) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width_of(row[i].text));
  }
  for (const auto& row : all) {
    std::string text;
    std::size_t used = 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
      const bool last = i + 1 == row.size();
      auto shown = row[i].text;
      if (last && columns_ > 0) shown = cut(shown, columns_ > used ? columns_ - used : 0);
      text += paint(shown, row[i].colour);
      if (!last) text += std::string(widths[i] - width_of(shown) + 2, ' ');
      used += widths[i] + 2;
    }
    line(text);
  }
}

void Terminal::clear() const {
  if (columns_ > 0) out_ << "\x1b[H\x1b[2J";
}

std::string printable(std::string_view text, std::size_t bytes) {
  auto length = std::min(text.size(), bytes);
  while (length > 0 && length < text.size() && continues(text[length])) --length;  // not inside a character
  std::string shown;
  for (const char c : text.substr(0, length)) shown += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
  // C1 control characters, which some terminals obey, are two bytes in UTF-8.
  for (std::size_t at = 0; (at = shown.find('\xc2', at)) != std::string::npos; ++at) {
    if (at + 1 < shown.size() && static_cast<unsigned char>(shown[at + 1]) < 0xA0) shown.replace(at, 2, " ");
  }
  return length == text.size() ? shown : shown + "...";
}

Colour colour_of(std::string_view word) {
  if (word == "RUNNING" || word == "PENDING_REDRIVE" || word.ends_with("Scheduled")) return Colour::Blue;
  if (word.ends_with("SUCCEEDED") || word.ends_with("Succeeded")) return Colour::Green;
  if (word == "ABORTED" || word.ends_with("Aborted")) return Colour::Yellow;
  const bool bad = word == "FAILED" || word == "TIMED_OUT" || word.ends_with("Failed") || word.ends_with("TimedOut");
  return bad ? Colour::Red : Colour::Plain;
}

std::string shown_span(double seconds) {
  std::array<char, 32> text{};
  const auto print = [&](const char* format, double value) { std::snprintf(text.data(), text.size(), format, value); };
  if (seconds < 0.9995) {
    print("%.0f ms", std::max(0.0, seconds) * 1000);
  } else if (seconds < 60) {
    print("%.1f s", seconds);
  } else if (seconds < 3'600) {
    print("%.0f min", std::floor(seconds / 60));
  } else if (seconds < 86'400) {
    print("%.0f h", std::floor(seconds / 3'600));
  } else {
    print("%.0f d", std::floor(seconds / 86'400));
  }
  return text.data();
}

std::string shown_date(double epoch_seconds) {
  const auto time = static_cast<std::time_t>(epoch_seconds);
  std::tm parts{};
  std::array<char, 32> text{};
  if (::localtime_r(&time, &parts) == nullptr) return "?";
  std::strftime(text.data(), text.size(), "%Y-%m-%d %H:%M:%S", &parts);
  return text.data();
}

}  // namespace stepd::daemon
