// StateGraph: the states and transitions of a definition as a drawing needs them. It is read tolerantly, so that a
// draft with faults can be drawn too.
#pragma once

#include "base/json.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::asl {

struct GraphEdge {
  enum class Kind : std::uint8_t { Next, Choice, Catch };

  std::string to;
  Kind kind = Kind::Next;
  std::string label;   ///< of a Choice its Comment or number, of a Catch its errors; may be empty
  bool taken = false;  ///< of a Catch: it decides about places like the other edges, and is drawn
};

struct StateGraph;

struct GraphState {
  std::string name;
  std::string type;      ///< `Missing` if an edge names a state that is not there
  std::string resource;  ///< of a Task: the last part of its Resource
  bool ends_well = false;
  bool lonely = false;  ///< no path from StartAt leads here
  std::vector<GraphEdge> edges;
  std::vector<StateGraph> scopes;  ///< branches, or the one item processor
};

struct StateGraph {
  std::string start_at;
  std::vector<GraphState> states;  ///< in document order
};

/// At most so many states are read, in all scopes together; a larger definition is cut.
inline constexpr std::size_t kGraphStates = 5'000;

/// Members of a wrong type are left out. Missing targets become states of the type `Missing`.
StateGraph read_state_graph(const Json& definition);

/// Which states a run has entered, and which transitions it has made.
struct GraphRun {
  std::function<bool(std::string_view state)> entered;
  std::function<bool(std::string_view from, std::string_view to)> went;
};

/// The states that were entered. Catch edges stay if they were taken; the others are drawn as a stub by the layout.
StateGraph what_ran(const StateGraph& graph, const GraphRun& run);

/// States in all scopes.
std::size_t count_states(const StateGraph& graph);

}  // namespace stepd::asl
