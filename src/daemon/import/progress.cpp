#include "daemon/import/progress.h"

#include <cstdio>
#include <ostream>

namespace stepd::daemon {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kOnTerminal{100};
constexpr milliseconds kElsewhere{5'000};
constexpr std::size_t kBarColumns = 24;

std::string duration_text(double seconds) {
  const auto whole = static_cast<long long>(seconds + 0.5);
  if (whole < 60) return std::to_string(whole) + "s";
  if (whole < 3600) return std::to_string(whole / 60) + "m" + std::to_string(whole % 60) + "s";
  return std::to_string(whole / 3600) + "h" + std::to_string(whole % 3600 / 60) + "m";
}

}  // namespace

std::string progress_text(const Counts& counts, milliseconds elapsed, std::size_t bar_columns) {
  const auto finished = counts.finished();
  std::string text;
  if (bar_columns > 0) {
    const auto filled = counts.total == 0 ? bar_columns : finished * bar_columns / counts.total;
    text = "[" + std::string(filled, '#') + std::string(bar_columns - filled, '.') + "] ";
  }
  text += std::to_string(finished) + "/" + std::to_string(counts.total) + "  " + std::to_string(counts.done) +
          " done  " + std::to_string(counts.failed) + " failed";
  if (counts.placed > 0) text += "  " + std::to_string(counts.placed) + " waiting";
  const double seconds = std::chrono::duration<double>(elapsed).count();
  const auto now = counts.done + counts.failed;
  if (now == 0 || seconds <= 0) return text;
  const double rate = static_cast<double>(now) / seconds;
  char shown[32];
  std::snprintf(shown, sizeof shown, "  %.1f/s", rate);
  text += shown;
  if (finished < counts.total)
    text += "  " + duration_text(static_cast<double>(counts.total - finished) / rate) + " left";
  return text;
}

void Progress::show(const Counts& counts) {
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + (terminal_ ? kOnTerminal : kElsewhere);
  draw(counts);
}

void Progress::close(const Counts& counts) {
  draw(counts);
  if (terminal_) out_ << "\n" << std::flush;
}

void Progress::draw(const Counts& counts) {
  const auto elapsed = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - began_);
  const auto text = progress_text(counts, elapsed, terminal_ ? kBarColumns : 0);
  if (terminal_) {
    out_ << "\r" << text << "\033[K" << std::flush;  // and clears what a longer line left
  } else {
    out_ << text << std::endl;
  }
}

}  // namespace stepd::daemon
