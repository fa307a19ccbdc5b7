// The layout in five steps: order, ranks, lanes, places, edges. Each works on indices into the graph's states.
#include "engine/asl/graph/graph_layout.h"

#include <algorithm>
#include <climits>
#include <map>
#include <set>
#include <string_view>
#include <utility>

namespace stepd::asl {
namespace {

constexpr int kGapX = 48;
constexpr int kGapY = 26;
constexpr int kPad = 14;
constexpr int kTitle = 30;
constexpr int kStartRoom = 24;
constexpr int kStub = 22;
constexpr int kStubLetters = 24;

using Vertex = std::size_t;

/// An edge within the scope.
struct GraphLink {
  Vertex to = 0;
  bool weak = false;  ///< a Catch that was not taken
  bool back = false;
};

class GraphLayout {
 public:
  explicit GraphLayout(const StateGraph& graph, int top) : graph_(graph), top_(top), links_(graph.states.size()) {
    for (Vertex node = 0; node < graph_.states.size(); ++node) names_[graph_.states[node].name] = node;
    for (Vertex node = 0; node < graph_.states.size(); ++node) {
      for (const auto& edge : graph_.states[node].edges) {
        const auto to = names_.find(edge.to);
        if (to == names_.end()) continue;
        links_[node].push_back({to->second, edge.kind == GraphEdge::Kind::Catch && !edge.taken});
      }
    }
  }

  GraphPlan make() {
    if (graph_.states.empty()) return {};
    find_order();
    find_ranks();
    find_lanes();
    place();
    draw_edges();
    return std::move(plan_);
  }

 private:
  struct Open {
    Vertex node;
    std::size_t next;
  };

  /// Depth first and without recursion, as a chain may have thousands of states. Links to an open state lead back.
  void visit(Vertex root, std::vector<char>& seen, std::vector<char>& open) {
    std::vector<Open> stack{{root, 0}};
    seen[root] = open[root] = 1;
    order_.push_back(root);
    while (!stack.empty()) {
      auto& top = stack.back();
      if (top.next == links_[top.node].size()) {
        open[top.node] = 0;
        stack.pop_back();
        continue;
      }
      GraphLink& link = links_[top.node][top.next++];
      if (open[link.to] != 0) {
        link.back = true;
      } else if (seen[link.to] == 0) {
        seen[link.to] = open[link.to] = 1;
        order_.push_back(link.to);
        stack.push_back({link.to, 0});
      }
    }
  }

  void find_order() {
    std::vector<char> seen(links_.size());
    std::vector<char> open(links_.size());
    if (const auto first = names_.find(graph_.start_at); first != names_.end()) visit(first->second, seen, open);
    reached_ = order_.size();
    for (Vertex node = 0; node < links_.size(); ++node) {
      if (seen[node] == 0) visit(node, seen, open);
    }
  }

  void find_ranks() {
    std::vector<int> waits(links_.size());
    std::vector<char> strong(links_.size());
    for (const auto& links : links_) {
      for (const auto& link : links) {
        if (link.back) continue;
        ++waits[link.to];
        if (!link.weak) strong[link.to] = 1;
      }
    }
    ranks_.assign(links_.size(), 0);
    std::vector<int> caught(links_.size(), INT_MAX);
    for (const Vertex node : order_) {
      if (waits[node] == 0) downward_.push_back(node);
    }
    for (std::size_t at = 0; at < downward_.size(); ++at) {
      const Vertex node = downward_[at];
      if (strong[node] == 0 && caught[node] != INT_MAX) ranks_[node] = caught[node] + 1;
      for (const auto& link : links_[node]) {
        if (link.back) continue;
        if (link.weak) {
          caught[link.to] = std::min(caught[link.to], ranks_[node]);
        } else {
          ranks_[link.to] = std::max(ranks_[link.to], ranks_[node] + 1);
        }
        if (--waits[link.to] == 0) downward_.push_back(link.to);
      }
    }
    // What no path reaches stands below all the rest.
    int lowest = 0;
    for (std::size_t at = 0; at < reached_; ++at) lowest = std::max(lowest, ranks_[order_[at]]);
    for (std::size_t at = reached_; reached_ > 0 && at < order_.size(); ++at) ranks_[order_[at]] += lowest + 2;
  }

  /// The successor that a chain goes on with; links_.size() if there is none.
  Vertex best_after(Vertex node, const std::vector<char>& good, const std::vector<int>& length) const {
    Vertex best = links_.size();
    for (const auto& link : links_[node]) {
      if (link.weak || link.back) continue;
      const bool better =
          best == links_.size() || std::pair(good[link.to], length[link.to]) > std::pair(good[best], length[best]);
      if (better) best = link.to;
    }
    return best;
  }

  void find_lanes() {
    std::vector<char> good(links_.size());
    std::vector<int> length(links_.size(), 1);
    for (auto at = downward_.rbegin(); at != downward_.rend(); ++at) {
      good[*at] = graph_.states[*at].ends_well ? 1 : 0;
      for (const auto& link : links_[*at]) {
        if (link.weak || link.back) continue;
        good[*at] |= good[link.to];
        length[*at] = std::max(length[*at], length[link.to] + 1);
      }
    }
    lanes_.assign(links_.size(), -1);
    for (const Vertex head : order_) {
      if (lanes_[head] >= 0) continue;
      std::vector<Vertex> chain;
      for (Vertex node = head; node != links_.size() && lanes_[node] < 0; node = best_after(node, good, length)) {
        chain.push_back(node);
        lanes_[node] = INT_MAX;  // is in the chain
      }
      int last = ranks_[head];
      for (const Vertex node : chain) last = std::max(last, ranks_[node]);
      const int lane = free_lane(ranks_[head], last);
      for (const Vertex node : chain) lanes_[node] = lane;
    }
  }

  /// The first lane with room for these rows and one beside them; the spine has the first for itself.
  int free_lane(int from, int to) {
    std::size_t lane = rows_taken_.empty() ? 0 : 1;
    for (;; ++lane) {
      if (lane == rows_taken_.size()) rows_taken_.emplace_back();
      auto& taken = rows_taken_[lane];
      const auto after = taken.lower_bound(from - 1);  // by the last row: the first that ends here or below
      if (after != taken.end() && after->second <= to + 1) continue;
      taken[to] = from;
      return static_cast<int>(lane);
    }
  }

  void measure(Vertex node) {
    auto& planned = plan_.states[node];
    planned.state = &graph_.states[node];
    planned.width = kGraphBoxWidth;
    planned.height = kGraphBoxHeight;
    int x = kPad;
    int tallest = 0;
    for (const auto& scope : planned.state->scopes) {
      auto inner = GraphLayout(scope, 0).make();
      if (inner.states.empty()) continue;
      const int width = inner.width;
      tallest = std::max(tallest, inner.height);
      planned.inner.push_back({x, kTitle, std::move(inner)});
      x += width + kPad;
    }
    if (planned.inner.empty()) return;
    planned.width = std::max(kGraphBoxWidth, x);
    planned.height = kTitle + tallest + kPad;
  }

  void place() {
    plan_.states.resize(links_.size());
    const auto lanes = static_cast<std::size_t>(*std::max_element(lanes_.begin(), lanes_.end())) + 1;
    const auto ranks = static_cast<std::size_t>(*std::max_element(ranks_.begin(), ranks_.end())) + 1;
    widths_.assign(lanes, 0);
    std::vector<int> heights(ranks);
    for (Vertex node = 0; node < links_.size(); ++node) {
      measure(node);
      widths_[lane_of(node)] = std::max(widths_[lane_of(node)], plan_.states[node].width);
      heights[rank_of(node)] = std::max(heights[rank_of(node)], plan_.states[node].height);
      filled_.insert({lanes_[node], ranks_[node]});
    }
    lefts_.resize(lanes);
    int x = 0;
    for (std::size_t lane = 0; lane < lanes; ++lane) {
      lefts_[lane] = x;
      x += widths_[lane] + kGapX;
    }
    std::vector<int> tops(ranks);
    int y = top_;
    for (std::size_t rank = 0; rank < ranks; ++rank) {
      tops[rank] = y;
      if (heights[rank] > 0) y += heights[rank] + kGapY;
    }
    for (Vertex node = 0; node < links_.size(); ++node) {
      auto& planned = plan_.states[node];
      planned.x = lefts_[lane_of(node)] + (widths_[lane_of(node)] - planned.width) / 2;
      planned.y = tops[rank_of(node)];
    }
    plan_.width = x - kGapX;
    plan_.height = y - kGapY;
    if (const auto first = names_.find(graph_.start_at); first != names_.end()) {
      const auto& planned = plan_.states[first->second];
      plan_.start = {planned.x + planned.width / 2, planned.y};
      plan_.has_start = true;
    }
  }

  bool is_free(int lane, int from, int to) const {
    const auto next = filled_.lower_bound({lane, from});
    return next == filled_.end() || next->first != lane || next->second > to;
  }

  std::vector<GraphPoint> route(Vertex from, Vertex to) const {
    const auto& a = plan_.states[from];
    const auto& b = plan_.states[to];
    const int lane_a = lanes_[from];
    const int lane_b = lanes_[to];
    const int rank_a = ranks_[from];
    const int rank_b = ranks_[to];
    const int a_centre = a.x + a.width / 2;
    const int b_centre = b.x + b.width / 2;
    const int a_bottom = a.y + a.height;
    const int a_side = a.y + std::min(a.height, kGraphBoxHeight) / 2;
    const int b_side = b.y + std::min(b.height, kGraphBoxHeight) / 2;
    const int third = kGapX / 3;
    if (rank_b <= rank_a) {  // back up, along the right
      const int gutter = std::max(a.x + a.width, b.x + b.width) + third;
      return {{a.x + a.width, a_side}, {gutter, a_side}, {gutter, b.y + 10}, {b.x + b.width, b.y + 10}};
    }
    if (lane_a == lane_b) {
      if (is_free(lane_a, rank_a + 1, rank_b - 1)) return {{a_centre, a_bottom}, {b_centre, b.y}};
      const int gutter = lefts_[lane_of(from)] + widths_[lane_of(from)] + third;
      return {
          {a.x + a.width, a_side}, {gutter, a_side}, {gutter, b.y - 13}, {b_centre + 8, b.y - 13}, {b_centre + 8, b.y}};
    }
    if (lane_b > lane_a) {
      if (is_free(lane_b, rank_a, rank_b - 1)) return {{a.x + a.width, a_side}, {b_centre, a_side}, {b_centre, b.y}};
      const int gutter = lefts_[lane_of(to)] - third;
      return {
          {a.x + a.width, a_side}, {gutter, a_side}, {gutter, b.y - 13}, {b_centre - 8, b.y - 13}, {b_centre - 8, b.y}};
    }
    if (is_free(lane_a, rank_a + 1, rank_b)) return {{a_centre, a_bottom}, {a_centre, b_side}, {b.x + b.width, b_side}};
    const int gutter = lefts_[lane_of(from)] - third;
    return {{a.x, a_side}, {gutter, a_side}, {gutter, b_side}, {b.x + b.width, b_side}};
  }

  void draw_edges() {
    for (Vertex node = 0; node < links_.size(); ++node) {
      const auto& planned = plan_.states[node];
      for (const auto& edge : graph_.states[node].edges) {
        PlannedEdge drawn{node, edge.to, edge.kind, edge.label, false, {}};
        const auto to = names_.find(edge.to);
        if (to != names_.end()) {
          drawn.points = route(node, to->second);
          for (const auto& point : drawn.points) plan_.width = std::max(plan_.width, point.x + 1);
        } else {
          if (edge.kind != GraphEdge::Kind::Choice) continue;
          const int y = planned.y + kGraphBoxHeight / 2;
          drawn.stub = true;
          drawn.points = {{planned.x + planned.width, y}, {planned.x + planned.width + kStub, y}};
          const auto letters = std::min<std::size_t>(kStubLetters, edge.label.size() + edge.to.size() + 2);
          plan_.width = std::max(plan_.width, drawn.points[1].x + 12 + static_cast<int>(letters) * 13 / 2);
        }
        plan_.edges.push_back(std::move(drawn));
      }
    }
  }

  std::size_t lane_of(Vertex node) const { return static_cast<std::size_t>(lanes_[node]); }
  std::size_t rank_of(Vertex node) const { return static_cast<std::size_t>(ranks_[node]); }

  const StateGraph& graph_;
  const int top_;
  std::map<std::string_view, Vertex> names_;
  std::vector<std::vector<GraphLink>> links_;
  std::vector<Vertex> order_;     ///< as found, those that the start reaches first
  std::size_t reached_ = 0;       ///< of order_
  std::vector<Vertex> downward_;  ///< each after all that lead to it
  std::vector<int> ranks_;
  std::vector<int> lanes_;
  std::vector<std::map<int, int>> rows_taken_;  ///< by lane: last row -> first row of a chain
  std::vector<int> widths_;
  std::vector<int> lefts_;
  std::set<std::pair<int, int>> filled_;
  GraphPlan plan_;
};

}  // namespace

GraphPlan lay_out_graph(const StateGraph& graph) { return GraphLayout(graph, kStartRoom).make(); }

}  // namespace stepd::asl
