// `stepd graph`: draws the graph of a definition, with the layout that the console uses.
#include "daemon/cli/cli.h"
#include "daemon/cli/commands.h"
#include "daemon/text_file.h"
#include "engine/asl/graph/graph_text.h"
#include "engine/asl/source.h"
#include "tasks/image/drawing.h"

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <memory>
#include <string>

namespace stepd::daemon {
namespace {

struct Options {
  std::string file;
  std::string output;
  std::string format;
};

bool wants_mermaid(const Options& options) {
  if (!options.format.empty()) return options.format == "mermaid";
  return options.output.ends_with(".mmd") || options.output.ends_with(".mermaid") || options.output == "mermaid";
}

bool wants_png(const Options& options) {
  return options.format == "png" || (options.format.empty() && options.output.ends_with(".png"));
}

Result<std::string> draw_graph(const asl::StateGraph& graph, const Options& options) {
  if (wants_mermaid(options)) return asl::print_mermaid(graph);
  if (wants_png(options)) return tasks::image::png_of_drawing(asl::print_svg(graph));
  return asl::print_svg(graph);
}

int fail(const std::string& why) {
  std::cerr << "stepd: " << why << "\n";
  return kCannotRun;
}

int draw(const Options& options) {
  const auto text = read_text_file(options.file);
  if (!text) return fail(text.error().cause);
  const auto source = asl::Source::read(*text, asl::format_of(options.file));
  if (!source) return fail(options.file + ": " + source.error().cause);
  const auto graph = asl::read_state_graph(source->value());
  if (graph.states.empty()) return fail(options.file + ": it has no states");
  const auto drawn = draw_graph(graph, options);
  if (!drawn) return fail(drawn.error().cause);
  if (options.output.empty() || options.output == "-" || options.output == "mermaid") {
    std::cout << *drawn;
    return kSuccess;
  }
  std::ofstream file(options.output, std::ios::binary | std::ios::trunc);
  file << *drawn;
  file.close();
  return file ? kSuccess : fail("cannot write " + options.output);
}

}  // namespace

void declare_graph(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("graph", "draw the graph of a definition (JSON, YAML) as SVG, PNG or Mermaid");
  command->add_option("FILE", options->file, "the definition")->required();
  command->add_option("-o,--output", options->output,
                      "file to write, .svg, .png or .mmd; `mermaid` prints Mermaid; without it SVG is printed");
  command->add_option("--format", options->format, "what to write, whatever the file is called")
      ->check(CLI::IsMember({"svg", "png", "mermaid"}));
  command->footer(
      "Definitions with faults are drawn as far as they can be read: a missing target is a dashed box. The texts of a\n"
      "PNG need a font, for instance of the package fonts-dejavu-core.\n"
      "Exit code: 0 drawn, 2 the definition could not be read or the file not be written.");
  command->callback([options, &exit_code] { exit_code = draw(*options); });
}

}  // namespace stepd::daemon
