// Where the boxes and lines of a state graph lie (ADR 0036). Pure and close to linear in states and edges.
//
// 1. The rank of a state, its row, is the longest path from the start over Next, Choices and Default. Edges that lead
//    back, and Catch edges that were not taken, have no say in it; a state that only a Catch reaches stands below the
//    first state that catches.
// 2. The lane of a state, its column: the spine is the way from the start along the successor that leads furthest to a
//    good end; the other chains are packed to the right of it, as near as their rows are free.
// 3. Branches and item processors are laid out by themselves, inside the box of their state.
// 4. Edges have right angles: sideways out of a choice, down the gutter where the way is blocked.
#pragma once

#include "engine/asl/graph/state_graph.h"

#include <cstddef>
#include <string>
#include <vector>

namespace stepd::asl {

/// px, from the top left corner of the plan.
struct GraphPoint {
  int x = 0;
  int y = 0;
};

struct PlannedEdge {
  std::size_t from = 0;  ///< index into GraphPlan::states
  std::string to;
  GraphEdge::Kind kind = GraphEdge::Kind::Next;
  std::string label;
  bool stub = false;  ///< its target is not in the plan: a short line with the name
  std::vector<GraphPoint> points;
};

struct GraphPlan;

struct PlannedState {
  const GraphState* state = nullptr;  ///< of the graph that was laid out, which outlives the plan
  int x = 0;
  int y = 0;
  int width = 0;
  int height = 0;
  struct Inner;
  std::vector<Inner> inner;  ///< its scopes, left to right, below its title
};

struct GraphPlan {
  std::vector<PlannedState> states;
  std::vector<PlannedEdge> edges;
  int width = 0;
  int height = 0;
  GraphPoint start;  ///< the top of the first state's box, in the middle; the dot stands above it
  bool has_start = false;
};

struct PlannedState::Inner {
  int x = 0;  ///< from the state's corner
  int y = 0;
  GraphPlan plan;
};

inline constexpr int kGraphBoxWidth = 188;
inline constexpr int kGraphBoxHeight = 40;

GraphPlan lay_out_graph(const StateGraph& graph);

}  // namespace stepd::asl
