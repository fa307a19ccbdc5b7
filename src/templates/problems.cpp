#include "templates/problems.h"

#include <algorithm>

namespace stepd::templates {

void Problems::add(Place at, std::string message, Problem::Severity severity) {
  auto& count = severity == Problem::Severity::Error ? errors_ : warnings_;
  if (count >= kProblemsMax) return;
  const bool known = std::any_of(list_.begin(), list_.end(), [&](const Problem& each) {
    return each.at.line == at.line && each.at.column == at.column && each.message == message && each.file == file_;
  });
  if (known) return;
  ++count;
  list_.push_back({file_, at, std::move(message), severity});
}

}  // namespace stepd::templates
