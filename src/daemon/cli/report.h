// How `stepd validate` shows what it found: for people, for programs, and for editors. It judges nothing.
#pragma once

#include "daemon/fault.h"

#include <iosfwd>
#include <string>
#include <vector>

namespace stepd::daemon {

/// One file that was looked at.
struct Examined {
  std::string name;  ///< as given; "-" is standard input
  std::string text;
  Faults faults;

  bool is_valid() const;
};

/// A line per fault.
void report_text(const std::vector<Examined>& files, std::ostream& out);
/// `{"valid", "files": [{"file", "valid", "diagnostics": [{"line", "column", "severity", "code", ...}]}]}`.
void report_json(const std::vector<Examined>& files, std::ostream& out);
/// SARIF 2.1.0 (OASIS), as editors and code review take it.
void report_sarif(const std::vector<Examined>& files, std::ostream& out);

}  // namespace stepd::daemon
