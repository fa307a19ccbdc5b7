#include "api/console/endpoints/describe_plan.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

const char* kind_name(asl::GraphEdge::Kind kind) {
  static constexpr const char* kNames[] = {"next", "choice", "catch"};
  return kNames[static_cast<std::size_t>(kind)];
}

}  // namespace

Json describe_plan(const asl::GraphPlan& plan) {
  Json states = Json::array();
  for (const auto& planned : plan.states) {
    Json state{{"name", planned.state->name}, {"type", planned.state->type}, {"x", planned.x}, {"y", planned.y},
               {"w", planned.width},          {"h", planned.height}};
    if (!planned.state->resource.empty()) state["resource"] = planned.state->resource;
    if (planned.state->lonely) state["lonely"] = true;
    if (!planned.inner.empty()) {
      Json inner = Json::array();
      for (const auto& one : planned.inner) {
        auto described = describe_plan(one.plan);
        described["x"] = one.x;
        described["y"] = one.y;
        inner.push_back(std::move(described));
      }
      state["inner"] = std::move(inner);
    }
    states.push_back(std::move(state));
  }
  Json edges = Json::array();
  for (const auto& edge : plan.edges) {
    Json points = Json::array();
    for (const auto& point : edge.points) points.push_back(Json::array({point.x, point.y}));
    Json described{{"from", plan.states[edge.from].state->name},
                   {"to", edge.to},
                   {"kind", kind_name(edge.kind)},
                   {"points", std::move(points)}};
    if (!edge.label.empty()) described["label"] = edge.label;
    if (edge.stub) described["stub"] = true;
    edges.push_back(std::move(described));
  }
  Json described{{"states", std::move(states)}, {"edges", std::move(edges)}, {"w", plan.width}, {"h", plan.height}};
  if (plan.has_start) described["start"] = Json::array({plan.start.x, plan.start.y});
  return described;
}

}  // namespace stepd::api
