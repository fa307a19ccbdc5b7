#include "engine/asl/transitions.h"

#include "engine/asl/grammar.h"
#include "engine/asl/hint.h"
#include "engine/asl/placeholder.h"

#include <algorithm>
#include <map>
#include <set>

namespace stepd::asl {
namespace {

constexpr int kHintsMax = 20;  // a hint looks at every state

class Graph {
 public:
  Graph(const Workflow& workflow, const std::vector<Transition>& transitions, Diagnostics& diagnostics)
      : workflow_(workflow), transitions_(transitions), diagnostics_(diagnostics) {
    for (const auto& state : workflow.states) names_.insert(state->name);
  }

  /// True if a target is not known yet.
  bool check_targets(bool templated) {
    bool open = false;
    int hints = 0;
    const std::vector<std::string_view> candidates(names_.begin(), names_.end());
    for (const auto& each : transitions_) {
      if (names_.contains(each.target)) continue;
      if (templated && has_placeholder(each.target)) {
        open = true;
        continue;
      }
      auto hint = ++hints > kHintsMax ? std::string() : did_you_mean(each.target, candidates);
      diagnostics_.push_back({Severity::Error, codes::kMissingTarget, "Missing 'Next' target: " + each.target,
                              each.pointer, Located::Here, "", std::move(hint)});
    }
    return open;
  }

  bool ends() const {
    return std::any_of(workflow_.states.begin(), workflow_.states.end(), [](const auto& state) {
      if (state->grammar == nullptr) return true;
      const auto type = state->grammar->type;
      return type == "Succeed" || type == "Fail" || (state->next.empty() && type != "Choice");
    });
  }

  void check_reachable() {
    std::multimap<std::string_view, std::string_view> edges;
    for (const auto& each : transitions_) edges.emplace(each.from, each.target);
    std::set<std::string_view> reached;
    for (std::vector<std::string_view> open{""}; !open.empty();) {
      const auto from = open.back();
      open.pop_back();
      const auto [begin, end] = edges.equal_range(from);
      for (auto edge = begin; edge != end; ++edge) {
        if (names_.contains(edge->second) && reached.insert(edge->second).second) open.push_back(edge->second);
      }
    }
    for (const auto& state : workflow_.states) {
      if (reached.contains(state->name)) continue;
      diagnostics_.push_back(
          {Severity::Error, codes::kMissingTarget, "State \"" + state->name + "\" is not reachable.", state->pointer});
    }
  }

 private:
  const Workflow& workflow_;
  const std::vector<Transition>& transitions_;
  Diagnostics& diagnostics_;
  std::set<std::string_view> names_;
};

}  // namespace

void check_transitions(const Workflow& workflow, const std::vector<Transition>& transitions, const std::string& pointer,
                       bool templated, Diagnostics& diagnostics) {
  Graph graph(workflow, transitions, diagnostics);
  const bool open = graph.check_targets(templated);
  if (!graph.ends()) {
    diagnostics.push_back({Severity::Error, codes::kMissingEnd, "Workflow has no terminal state", pointer,
                           pointer.empty() ? Located::Nowhere : Located::Here});
    return;
  }
  // Without a start there is no telling what it reaches, and AWS names the missing start alone.
  if (!workflow.start_at.empty() && !open) graph.check_reachable();
}

}  // namespace stepd::asl
