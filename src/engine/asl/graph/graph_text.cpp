#include "engine/asl/graph/graph_text.h"

#include "base/whole_characters.h"
#include "engine/asl/graph/graph_layout.h"

#include <algorithm>
#include <map>
#include <utility>

namespace stepd::asl {
namespace {

constexpr int kMargin = 20;
constexpr std::size_t kNameBytes = 26;

/// Whole characters of at most so many bytes, with an ellipsis where something is cut.
std::string shorten_label(const std::string& text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  return std::string(whole_characters(text, bytes)) + "…";
}

std::string escape_xml(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '<')
      escaped += "&lt;";
    else if (c == '>')
      escaped += "&gt;";
    else if (c == '&')
      escaped += "&amp;";
    else if (c == '"')
      escaped += "&quot;";
    else if (static_cast<unsigned char>(c) >= 0x20)
      escaped += c;
  }
  return escaped;
}

std::string px(int value) { return std::to_string(value); }

std::string svg_text(int x, int y, const std::string& kind, const std::string& text) {
  return "<text class=\"" + kind + "\" x=\"" + px(x) + "\" y=\"" + px(y) + "\">" + escape_xml(text) + "</text>\n";
}

void print_edges(const GraphPlan& plan, std::string& svg) {
  for (const auto& edge : plan.edges) {
    std::string path;
    for (const auto& point : edge.points) {
      path += (path.empty() ? "M" : "L") + px(point.x) + "," + px(point.y);
    }
    const char* kind = edge.kind == GraphEdge::Kind::Catch ? "edge catch" : "edge";
    svg += "<path class=\"" + std::string(kind) + "\" d=\"" + path + "\"" +
           (edge.stub ? "" : " marker-end=\"url(#arrow)\"") + "/>\n";
    const auto& start = edge.points.front();
    const bool sideways = edge.points[1].y == start.y;
    const auto text = edge.stub ? edge.label + ": " + edge.to : edge.label;
    if (text.empty() || edge.kind == GraphEdge::Kind::Catch) continue;
    const int x = edge.stub ? edge.points[1].x + 6 : start.x + (sideways ? 6 : 8);
    svg += svg_text(x,
                    edge.stub  ? start.y + 4
                    : sideways ? start.y - 5
                               : start.y + 16,
                    "label", shorten_label(text, kNameBytes));
  }
}

void print_plan(const GraphPlan& plan, std::string& svg) {
  print_edges(plan, svg);
  for (const auto& planned : plan.states) {
    const auto& state = *planned.state;
    svg += "<g transform=\"translate(" + px(planned.x) + " " + px(planned.y) + ")\"><title>" + escape_xml(state.name) +
           "</title><rect class=\"" +
           (state.type == "Missing" ? "box missing"
            : planned.inner.empty() ? "box"
                                    : "frame") +
           "\" width=\"" + px(planned.width) + "\" height=\"" + px(planned.height) + "\" rx=\"5\"/>\n";
    svg += svg_text(12, planned.inner.empty() ? 17 : 19, "name", shorten_label(state.name, kNameBytes));
    if (planned.inner.empty()) {
      svg += svg_text(12, 32, "type",
                      shorten_label(state.type + (state.resource.empty() ? "" : " " + state.resource), 30));
    }
    for (const auto& inner : planned.inner) {
      svg += "<g transform=\"translate(" + px(inner.x) + " " + px(inner.y) + ")\">\n";
      print_plan(inner.plan, svg);
      svg += "</g>\n";
    }
    svg += "</g>\n";
  }
}

constexpr const char* kSvgStyle =
    "<style>text{font:12px system-ui,sans-serif;fill:#161616}.name{font-weight:600}.type,.label{font-size:11px;"
    "fill:#696969}.label{paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}.box{fill:#fff;"
    "stroke:#858585}.frame{fill:none;stroke:#858585}.missing{stroke:#b4221a;stroke-dasharray:4 3}.edge{fill:none;"
    "stroke:#858585}.catch{stroke-dasharray:4 3}</style>"
    "<defs><marker id=\"arrow\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" "
    "orient=\"auto\"><path d=\"M0,0L8,4L0,8z\" fill=\"#858585\"/></marker></defs>\n";

class MermaidPrinter {
 public:
  std::string print(const StateGraph& graph) {
    text_ = "stateDiagram-v2\n";
    scope(graph, 1);
    return std::move(text_);
  }

 private:
  using Ids = std::map<std::string, std::string>;

  static std::string quoted(const std::string& text) {
    std::string clean;
    for (const char c : text) {
      if (c == '"')
        clean += '\'';
      else if (c == ';' || c == '#' || static_cast<unsigned char>(c) < 0x20)
        clean += ' ';
      else
        clean += c;
    }
    return clean;
  }

  void line(int depth, const std::string& content) {
    text_.append(static_cast<std::size_t>(depth) * 2, ' ').append(content) += '\n';
  }

  void scope(const StateGraph& graph, int depth) {
    Ids ids;
    for (const auto& state : graph.states) ids[state.name] = "s" + std::to_string(++count_);
    for (const auto& state : graph.states) {
      line(depth, "state \"" + quoted(state.name) + "\" as " + ids[state.name]);
      if (state.scopes.empty()) continue;
      line(depth, "state " + ids[state.name] + " {");
      bool first = true;
      for (const auto& inner : state.scopes) {
        if (!std::exchange(first, false)) line(depth + 1, "--");
        scope(inner, depth + 1);
      }
      line(depth, "}");
    }
    if (ids.contains(graph.start_at)) line(depth, "[*] --> " + ids[graph.start_at]);
    for (const auto& state : graph.states) {
      for (const auto& edge : state.edges) {
        const auto label = edge.label.empty() ? "" : " : " + quoted(edge.label);
        line(depth, ids[state.name] + " --> " + ids[edge.to] + label);
      }
      if (state.ends_well || state.type == "Fail") line(depth, ids[state.name] + " --> [*]");
    }
  }

  std::string text_;
  int count_ = 0;
};

}  // namespace

std::string print_svg(const StateGraph& graph) {
  const auto plan = lay_out_graph(graph);
  const int width = plan.width + 2 * kMargin;
  const int height = plan.height + 2 * kMargin;
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + px(width) + "\" height=\"" + px(height) +
                    "\" viewBox=\"" + px(-kMargin) + " " + px(-kMargin) + " " + px(width) + " " + px(height) + "\">\n" +
                    kSvgStyle;
  if (plan.has_start) {
    const auto x = px(plan.start.x);
    svg += "<circle cx=\"" + x + "\" cy=\"4\" r=\"4\"/><path class=\"edge\" d=\"M" + x + ",8L" + x + "," +
           px(plan.start.y) + "\"/>\n";
  }
  print_plan(plan, svg);
  return svg + "</svg>\n";
}

std::string print_mermaid(const StateGraph& graph) { return MermaidPrinter().print(graph); }

}  // namespace stepd::asl
