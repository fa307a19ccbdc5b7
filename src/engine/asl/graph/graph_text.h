// A state graph as a file: SVG with fixed colours for documents, and Mermaid for pages that draw by themselves.
#pragma once

#include "engine/asl/graph/state_graph.h"

#include <string>

namespace stepd::asl {

/// A document of its own, light, with all Catch edges. Texts are escaped.
std::string print_svg(const StateGraph& graph);

/// `stateDiagram-v2`. States are numbered, so that no name has to be an identifier.
std::string print_mermaid(const StateGraph& graph);

}  // namespace stepd::asl
