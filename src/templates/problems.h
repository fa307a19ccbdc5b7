// Problems: what is wrong with a template, and what is remarkable, each at its line. They are collected, so that a
// person sees all of them at once.
#pragma once

#include "templates/template_node.h"

#include <string>
#include <vector>

namespace stepd::templates {

struct Problem {
  enum class Severity : std::uint8_t { Error, Warning };

  std::string file;
  Place at;
  std::string message;
  Severity severity = Severity::Error;
};

class Problems {
 public:
  /// The file that the next problems are in.
  void enter(std::string file) { file_ = std::move(file); }
  const std::string& file() const { return file_; }

  void error(Place at, std::string message) { add(at, std::move(message), Problem::Severity::Error); }
  void warning(Place at, std::string message) { add(at, std::move(message), Problem::Severity::Warning); }

  bool has_errors() const { return errors_ > 0; }
  /// At most kProblemsMax errors and as many warnings, each once.
  const std::vector<Problem>& list() const { return list_; }

  static constexpr std::size_t kProblemsMax = 200;

 private:
  void add(Place at, std::string message, Problem::Severity severity);

  std::string file_;
  std::vector<Problem> list_;
  std::size_t errors_ = 0;
  std::size_t warnings_ = 0;
};

}  // namespace stepd::templates
