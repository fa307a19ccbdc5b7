// Reading definitions into graphs, and cutting graphs to what ran.
#include "engine/asl/graph/state_graph.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

namespace stepd::asl {
namespace {

constexpr int kScopesDeep = 100;

std::string graph_text(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

const Json* graph_list(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_array() ? &*found : nullptr;
}

std::string caught_errors(const Json& catcher) {
  std::string all;
  const auto* errors = graph_list(catcher, "ErrorEquals");
  if (errors == nullptr) return all;
  for (const auto& error : *errors) {
    if (!error.is_string()) continue;
    if (error == "States.ALL") return "any error";
    all += (all.empty() ? "" : ", ") + error.get<std::string>();
  }
  return all;
}

void read_graph_edges(const Json& state, std::vector<GraphEdge>& edges) {
  const auto add = [&](std::string to, GraphEdge::Kind kind, std::string label) {
    if (!to.empty()) edges.push_back({std::move(to), kind, std::move(label)});
  };
  add(graph_text(state, "Next"), GraphEdge::Kind::Next, "");
  if (const auto* choices = graph_list(state, "Choices")) {
    std::size_t number = 0;
    for (const auto& choice : *choices) {
      ++number;
      if (!choice.is_object()) continue;
      auto label = graph_text(choice, "Comment");
      if (label.empty()) label = "rule " + std::to_string(number);
      add(graph_text(choice, "Next"), GraphEdge::Kind::Choice, std::move(label));
    }
  }
  add(graph_text(state, "Default"), GraphEdge::Kind::Choice, "default");
  if (const auto* catchers = graph_list(state, "Catch")) {
    for (const auto& catcher : *catchers) {
      if (catcher.is_object()) add(graph_text(catcher, "Next"), GraphEdge::Kind::Catch, caught_errors(catcher));
    }
  }
}

std::string last_arn_part(const std::string& arn) { return arn.substr(arn.find_last_of(":/") + 1); }

/// What its resource calls: a function's own name stands in the parameters of the integration.
std::string called_by(const Json& state) {
  auto resource = graph_text(state, "Resource");
  for (const char* member : {"Parameters", "Arguments"}) {
    const auto found = state.find(member);
    if (found == state.end() || !found->is_object()) continue;
    if (const auto function = graph_text(*found, "FunctionName"); !function.empty()) return last_arn_part(function);
  }
  return last_arn_part(resource);
}

StateGraph read_graph_scope(const Json& workflow, int depth, std::size_t& left);

GraphState read_graph_state(const std::string& name, const Json& state, int depth, std::size_t& left) {
  GraphState read;
  read.name = name;
  read.type = graph_text(state, "Type");
  if (read.type == "Task") read.resource = called_by(state);
  const auto end = state.find("End");
  read.ends_well = read.type == "Succeed" || (end != state.end() && end->is_boolean() && end->get<bool>());
  read_graph_edges(state, read.edges);
  if (depth >= kScopesDeep) return read;
  if (const auto* branches = graph_list(state, "Branches")) {
    for (const auto& branch : *branches) read.scopes.push_back(read_graph_scope(branch, depth + 1, left));
  }
  for (const char* processor : {"ItemProcessor", "Iterator"}) {
    const auto found = state.find(processor);
    if (found != state.end() && read.scopes.empty()) read.scopes.push_back(read_graph_scope(*found, depth + 1, left));
  }
  return read;
}

void add_missing(StateGraph& graph) {
  std::set<std::string, std::less<>> known;
  for (const auto& state : graph.states) known.insert(state.name);
  std::vector<GraphState> missing;
  for (const auto& state : graph.states) {
    for (const auto& edge : state.edges) {
      if (!known.insert(edge.to).second) continue;
      missing.push_back({});
      missing.back().name = edge.to;
      missing.back().type = "Missing";
    }
  }
  std::move(missing.begin(), missing.end(), std::back_inserter(graph.states));
}

void mark_lonely(StateGraph& graph) {
  std::map<std::string_view, const GraphState*> by_name;
  for (const auto& state : graph.states) by_name[state.name] = &state;
  std::set<std::string_view> reached{graph.start_at};
  std::vector<std::string_view> open{graph.start_at};
  while (!open.empty()) {
    const auto state = by_name.find(open.back());
    open.pop_back();
    if (state == by_name.end()) continue;
    for (const auto& edge : state->second->edges) {
      if (reached.insert(edge.to).second) open.push_back(edge.to);
    }
  }
  for (auto& state : graph.states) state.lonely = !reached.contains(state.name);
}

StateGraph read_graph_scope(const Json& workflow, int depth, std::size_t& left) {
  StateGraph graph;
  if (!workflow.is_object()) return graph;
  graph.start_at = graph_text(workflow, "StartAt");
  const auto states = workflow.find("States");
  if (states == workflow.end() || !states->is_object()) return graph;
  for (const auto& [name, state] : states->items()) {
    if (left == 0) break;
    --left;
    if (state.is_object()) graph.states.push_back(read_graph_state(name, state, depth, left));
  }
  add_missing(graph);
  mark_lonely(graph);
  return graph;
}

}  // namespace

StateGraph read_state_graph(const Json& definition) {
  std::size_t left = kGraphStates;
  return read_graph_scope(definition, 0, left);
}

StateGraph what_ran(const StateGraph& graph, const GraphRun& run) {
  StateGraph kept;
  kept.start_at = graph.start_at;
  for (const auto& state : graph.states) {
    if (!run.entered(state.name)) continue;
    GraphState one = state;
    one.edges.clear();
    for (const auto& edge : state.edges) {
      if (edge.kind != GraphEdge::Kind::Catch) {
        one.edges.push_back(edge);
        continue;
      }
      const bool known =
          std::any_of(one.edges.begin(), one.edges.end(), [&](const GraphEdge& other) { return other.to == edge.to; });
      if (!known && run.went(state.name, edge.to)) {
        one.edges.push_back(edge);
        one.edges.back().taken = true;
      }
    }
    one.scopes.clear();
    for (const auto& scope : state.scopes) one.scopes.push_back(what_ran(scope, run));
    kept.states.push_back(std::move(one));
  }
  return kept;
}

std::size_t count_states(const StateGraph& graph) {
  std::size_t count = graph.states.size();
  for (const auto& state : graph.states) {
    for (const auto& scope : state.scopes) count += count_states(scope);
  }
  return count;
}

}  // namespace stepd::asl
