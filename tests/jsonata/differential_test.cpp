// Generated expressions beside jsonata-js 2.2.2, which Node.js runs: differential.mjs makes them and says what they
// give. It needs a folder with bin/node and node_modules/jsonata: the one that STEPD_JSONATA_JS names, or
// build/clients, which `./dev test` makes. STEPD_JSONATA_SEEDS is how many expressions are compared.
#include "base/value/parse.h"
#include "base/value/print.h"
#include "engine/asl/jsonata/jsonata.h"

#include <gtest/gtest.h>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>

namespace stepd::jsonata {
namespace {

std::string setting(const char* name, const std::string& otherwise) {
  const char* const value = std::getenv(name);
  return value == nullptr ? otherwise : value;
}

/// Reads the lines of a command.
class CommandLines {
 public:
  explicit CommandLines(const std::string& command) : pipe_(popen(command.c_str(), "r"), pclose) {}

  bool next(std::string& line) {
    line.clear();
    std::array<char, 4096> buffer;
    while (pipe_ != nullptr && std::fgets(buffer.data(), buffer.size(), pipe_.get()) != nullptr) {
      line += buffer.data();
      if (line.ends_with('\n')) return true;
    }
    return !line.empty();
  }

 private:
  std::unique_ptr<FILE, int (*)(FILE*)> pipe_;
};

Outcome run(const std::string& expression, const Value& input) {
  const auto compiled = Expression::compile(expression, Dialect::Standard);
  if (const auto* error = std::get_if<Error>(&compiled)) {
    Outcome outcome;
    outcome.kind = Outcome::Kind::Failed;
    outcome.error = *error;
    return outcome;
  }
  return evaluate(std::get<Expression>(compiled), input, {}, Environment{0, 1}, Bounds());
}

std::string show(const Outcome& outcome) {
  switch (outcome.kind) {
    case Outcome::Kind::Failed:
      return outcome.error.code.empty() ? "bound" : outcome.error.code;
    case Outcome::Kind::Undefined:
      return "nothing";
    case Outcome::Kind::Function:
      return "function";
    default:
      return print(outcome.value);
  }
}

/// jsonata-js evaluates the members of an array or object side by side, so which of two errors comes first is chance.
bool may_race(std::string_view expression) {
  return expression.find("'second'") != std::string_view::npos || expression.find('[') != std::string_view::npos;
}

/// Empty if both agree.
std::string compare(const Value& theirs, const Outcome& ours, std::string_view expression) {
  if (const Value* code = theirs.find("code")) {
    const bool bound = code->string() == "D1011" || code->string() == "D1012";
    if (bound ? ours.error.bound != Bound::None : ours.error.code == code->string()) return "";
    if (ours.kind == Outcome::Kind::Failed && may_race(expression)) return "";
    return "jsonata-js: " + std::string(code->string()) + ", ours: " + show(ours);
  }
  if (theirs.find("undefined") != nullptr) {
    return ours.kind == Outcome::Kind::Undefined ? "" : "jsonata-js: nothing, ours: " + show(ours);
  }
  const Value* value = theirs.find("value");
  if (ours.kind == Outcome::Kind::Value && ours.value == *value) return "";
  return "jsonata-js: " + print(*value) + ", ours: " + show(ours);
}

TEST(JsonataDifferential, AgreesWithJsonataJsOnGeneratedExpressions) {
  const std::string folder = setting("STEPD_JSONATA_JS", STEPD_SOURCE_DIR "/build/clients");
  if (!std::filesystem::exists(folder + "/node_modules/jsonata"))
    GTEST_SKIP() << "jsonata-js is not in " << folder << ", where ./dev test installs it";
  const std::string first = setting("STEPD_JSONATA_FIRST_SEED", "1");
  const std::string seeds = setting("STEPD_JSONATA_SEEDS", "10000");
  CommandLines lines("PATH='" + folder + "/bin':$PATH node '" STEPD_SOURCE_DIR "/tests/jsonata/differential.mjs' '" +
                     folder + "/node_modules' " + first + " " + seeds);
  std::size_t compared = 0;
  std::size_t different = 0;
  for (std::string line; lines.next(line);) {
    const auto theirs = parse_value(line);
    ASSERT_TRUE(theirs) << line;
    if (theirs->find("skip") != nullptr) continue;
    const std::string expression(theirs->find("expression")->string());
    const std::string fault = compare(*theirs, run(expression, *theirs->find("input")), expression);
    ++compared;
    if (fault.empty()) continue;
    ++different;
    ADD_FAILURE() << "seed " << theirs->find("seed")->number_text() << ": " << expression << "\n  " << fault;
  }
  std::cout << compared << " expressions compared, " << different << " differ\n";
  EXPECT_GT(compared, std::stoul(seeds) / 2);
}

}  // namespace
}  // namespace stepd::jsonata
