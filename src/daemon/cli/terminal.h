// Terminal: how commands show things to people. What it is given may come from anywhere: control characters are not
// let through.
#pragma once

#include <iosfwd>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::daemon {

enum class Colour { Plain, Bold, Dim, Green, Red, Yellow, Blue };

struct Cell {
  std::string text;
  Colour colour = Colour::Plain;
};

/// Thread: one.
class Terminal {
 public:
  /// Colours only where standard output is a terminal and NO_COLOR is not set (no-color.org).
  Terminal();
  Terminal(std::ostream& out, bool coloured, std::size_t columns) : out_(out), coloured_(coloured), columns_(columns) {}

  std::string paint(std::string_view text, Colour colour) const;
  void line(std::string_view text) const;
  /// Rows below a heading, as wide as their cells; the last column is cut where the terminal ends.
  void table(const std::vector<std::string>& heading, const std::vector<std::vector<Cell>>& rows) const;
  /// Clears the screen where there is one.
  void clear() const;
  std::ostream& out() const { return out_; }
  bool coloured() const { return coloured_; }

 private:
  std::ostream& out_;
  bool coloured_ = false;
  std::size_t columns_ = 0;  ///< 0: unbounded
};

/// Without control characters, at most `bytes` long.
std::string printable(std::string_view text, std::size_t bytes = 1'000);
/// Of a status of an execution or the kind of a history event.
Colour colour_of(std::string_view word);
/// "3.2 s", "4 min", "2 h", "5 d".
std::string shown_span(double seconds);
/// `2026-11-30 05:00:00` in local time, of seconds since 1970.
std::string shown_date(double epoch_seconds);

}  // namespace stepd::daemon
