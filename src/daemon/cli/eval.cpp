// `stepd eval`: evaluates one expression with JSON from a file or from standard input, line by line if there are
// several.
#include "base/clock.h"
#include "base/value/builder.h"
#include "base/value/parse.h"
#include "base/value/print.h"
#include "daemon/cli/cli.h"
#include "daemon/cli/commands.h"
#include "engine/asl/jsonata/jsonata.h"
#include "engine/asl/path.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <fstream>
#include <iostream>
#include <istream>
#include <memory>
#include <optional>
#include <random>

namespace stepd::daemon {
namespace {

struct EvalOptions {
  std::string expression;
  std::string input;
  bool json_path = false;
  bool aws = false;
};

/// Evaluates the expression with one input after another.
class Evaluation {
 public:
  virtual ~Evaluation() = default;
  /// Prints the result, or what is wrong to stderr. Answers an exit code.
  virtual int run(const std::optional<Value>& input) = 0;
};

void print_value(const Value& value) { std::cout << print(value) << '\n'; }

class JsonataEvaluation final : public Evaluation {
 public:
  JsonataEvaluation(jsonata::Expression expression, bool aws) : expression_(std::move(expression)), aws_(aws) {}

  int run(const std::optional<Value>& input) override {
    std::random_device random;
    const jsonata::Environment environment{SystemClock().now().time_since_epoch().count(),
                                           std::uint64_t{random()} << 32 | random()};
    const auto bounds = aws_ ? jsonata::Bounds::of_step_functions() : jsonata::Bounds();
    // On AWS there is no context; the input is $states.input.
    std::vector<jsonata::Binding> bindings;
    if (aws_ && input) bindings.push_back({"states", object({{"input", *input}})});
    const auto outcome =
        jsonata::evaluate(expression_, aws_ ? std::optional<Value>() : input, bindings, environment, bounds);
    return show(outcome);
  }

 private:
  int show(const jsonata::Outcome& outcome) const {
    switch (outcome.kind) {
      case jsonata::Outcome::Kind::Value:
      case jsonata::Outcome::Kind::NotFinite:
        print_value(outcome.value);
        return kSuccess;
      case jsonata::Outcome::Kind::Undefined:
        std::cerr << "stepd: the expression returned nothing (undefined)\n";
        return kFailure;
      case jsonata::Outcome::Kind::Function:
        std::cerr << "stepd: the expression returned a function\n";
        return kFailure;
      case jsonata::Outcome::Kind::Failed:
        break;
    }
    return report(outcome.error, expression_.text());
  }

 public:
  static int report(const jsonata::Error& error, std::string_view text) {
    std::cerr << "stepd: " << error.text() << '\n';
    if (error.bound == jsonata::Bound::None || error.byte_position > 0) {
      std::cerr << jsonata::show_position(text, error.byte_position);
    }
    if (!error.hint.empty()) std::cerr << "hint: " << error.hint << '\n';
    return kFailure;
  }

 private:
  jsonata::Expression expression_;
  bool aws_;
};

class PathEvaluation final : public Evaluation {
 public:
  explicit PathEvaluation(asl::Path path) : path_(std::move(path)) {}

  int run(const std::optional<Value>& input) override {
    Budget budget;
    const auto selected = path_.select(input.value_or(Value::empty_object()), budget);
    if (!selected) {
      std::cerr << "stepd: " << selected.error().name << ": " << selected.error().cause << '\n';
      return kFailure;
    }
    print_value(*selected);
    return kSuccess;
  }

 private:
  asl::Path path_;
};

/// Null if the expression cannot be compiled, which has been told.
std::unique_ptr<Evaluation> compile(const EvalOptions& options) {
  if (options.json_path) {
    auto path = asl::Path::parse(options.expression);
    if (path) return std::make_unique<PathEvaluation>(*std::move(path));
    std::cerr << "stepd: " << path.error().cause << '\n';
    return nullptr;
  }
  auto compiled = jsonata::Expression::compile(
      options.expression, options.aws ? jsonata::Dialect::StepFunctions : jsonata::Dialect::Standard);
  if (const auto* error = std::get_if<jsonata::Error>(&compiled)) {
    JsonataEvaluation::report(*error, options.expression);
    return nullptr;
  }
  auto& expression = std::get<jsonata::Expression>(compiled);
  if (options.aws && !expression.references().top_level.empty()) {
    const auto& reference = expression.references().top_level.front();
    std::cerr << "stepd: Reference to '" << reference.name << "' at the top level is not supported.\n"
              << jsonata::show_position(options.expression, reference.byte_position)
              << "hint: the input is $states.input\n";
    return nullptr;
  }
  return std::make_unique<JsonataEvaluation>(std::move(expression), options.aws);
}

/// Each line is a document if the first one is; otherwise the whole text is.
int evaluate_stream(Evaluation& evaluation, std::istream& stream, const std::string& name) {
  std::string text;
  std::string line;
  bool by_line = false;
  int exit_code = kSuccess;
  const auto refuse = [&](const AslError& error, std::size_t number) {
    std::cerr << "stepd: " << name << (number > 0 ? " line " + std::to_string(number) : std::string()) << ": "
              << error.cause << '\n';
    return kCannotRun;
  };
  for (std::size_t number = 1; std::getline(stream, line); ++number) {
    if (line.find_first_not_of(" \t\r") == std::string::npos) continue;
    if (text.empty() || by_line) {
      const auto value = parse_value(line);
      if (value) {
        by_line = true;
        exit_code = std::max(exit_code, evaluation.run(*value));
        std::cout.flush();
        continue;
      }
      if (by_line) return refuse(value.error(), number);
    }
    text += line + "\n";
  }
  if (by_line) return exit_code;
  const auto value = parse_value(text);
  return value ? evaluation.run(*value) : refuse(value.error(), 0);
}

int evaluate(const EvalOptions& options) {
  const auto evaluation = compile(options);
  if (evaluation == nullptr) return kFailure;
  if (options.input.empty()) return evaluation->run(std::nullopt);
  if (options.input == "-") return evaluate_stream(*evaluation, std::cin, "<stdin>");
  std::ifstream file(options.input, std::ios::binary);
  if (!file) {
    std::cerr << "stepd: cannot read " << options.input << '\n';
    return kCannotRun;
  }
  return evaluate_stream(*evaluation, file, options.input);
}

}  // namespace

void declare_eval(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<EvalOptions>();
  auto* command = app.add_subcommand("eval", "evaluate an expression: JSONata, or a JSONPath");
  command->add_option("EXPRESSION", options->expression, "what to evaluate")->required();
  command->add_option("--input", options->input, "file of the JSON that it is evaluated with; - reads standard input");
  auto* path = command->add_flag("--jsonpath", options->json_path, "the expression is a JSONPath");
  command
      ->add_flag("--aws", options->aws,
                 "by the rules of Step Functions: its functions and bounds, and the input is $states.input")
      ->excludes(path);
  command->footer(
      "If the first line of the input is a JSON document, each line is one, and each gives a line of the output.\n"
      "Exit code: 0 a value, 1 an error or nothing, 2 the input could not be read.");
  command->callback([options, &exit_code] { exit_code = evaluate(*options); });
}

}  // namespace stepd::daemon
