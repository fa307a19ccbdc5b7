// The cases of JSONata's public test suite, as data that lies outside of the project: the folder that
// STEPD_JSONATA_SUITE names, with groups/ and datasets/, or ../shared/conformance/jsonata beside the checkout. Skipped
// where there is none.
#include "base/value/parse.h"
#include "base/value/print.h"
#include "engine/asl/jsonata/jsonata.h"

#include <gtest/gtest.h>
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <set>
#include <string>

namespace stepd::jsonata {
namespace {

namespace fs = std::filesystem;

/// The suite is that of JSONata 2.2, whose operators `??` and `?:` are not in the grammar of 2.0.6: Step Functions
/// documents that one. Where these cases expect a value, the expression is to be refused by the parser.
bool is_of_later_grammar(std::string_view id) {
  return id.starts_with("coalescing-operator/") || id.starts_with("default-operator/");
}

/// The code of the suite's own harness for the bounds that it sets.
constexpr std::string_view kBoundReached = "U1001";

fs::path suite_folder() {
  if (const char* named = std::getenv("STEPD_JSONATA_SUITE")) return named;
  return fs::path(STEPD_SOURCE_DIR) / ".." / "shared" / "conformance" / "jsonata";
}

/// Half of a surrogate pair in a JSON text becomes an escape within its string, which JSONata reads as the same.
std::string escape_lone_surrogates(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto surrogate = [&](std::size_t at, const char* seconds) {
      return text.compare(at, 3, "\\ud") == 0 && at + 6 <= text.size() &&
             std::string_view(seconds).find(text[at + 3]) != std::string_view::npos;
    };
    if (text[i] == '\\' && text.compare(i, 2, "\\u") != 0) {
      out += text.substr(i++, 2);
    } else if (surrogate(i, "89abAB") && surrogate(i + 6, "cdefCDEF")) {
      out += text.substr(i, 12);
      i += 11;
    } else {
      if (surrogate(i, "89abcdefABCDEF")) out += '\\';
      out += text[i];
    }
  }
  return out;
}

Value read_json(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  auto value = parse_value(escape_lone_surrogates(text));
  if (!value) throw std::runtime_error(path.string() + ": " + value.error().cause);
  return *std::move(value);
}

std::string text_of(const Value& object, std::string_view name) {
  const Value* found = object.find(name);
  return found == nullptr || !found->is_string() ? std::string() : std::string(found->string());
}

bool equal_unordered(const Value& a, const Value& b) {
  if (!a.is_array() || !b.is_array() || a.size() != b.size()) return a == b;
  std::multiset<std::string> left;
  std::multiset<std::string> right;
  for (const Value& item : a.items()) left.insert(print(item));
  for (const Value& item : b.items()) right.insert(print(item));
  return left == right;
}

class Suite {
 public:
  explicit Suite(fs::path folder) : folder_(std::move(folder)) {}

  /// Empty if the case passes; otherwise what is wrong.
  std::string check(const Value& test) {
    const Outcome outcome = run(test);
    std::string code = expected_code(test);
    if (code == kBoundReached)
      return outcome.error.bound == Bound::None ? "expected a bound, but got " + show(outcome) : "";
    if (is_of_later_grammar(text_of(test, "id")) && test.find("result") != nullptr) {
      code = "S0211";
      ++later_;
    }
    if (!code.empty()) {
      if (outcome.kind != Outcome::Kind::Failed) return "expected " + code + ", but got " + show(outcome);
      if (outcome.error.code != code) return "expected " + code + ", but got " + show(outcome);
      const std::string token = text_of(test, "token");
      if (!token.empty() && outcome.error.token != token)
        return "expected token " + token + ", but got " + outcome.error.token;
      const Value* error = test.find("error");
      const std::string message = error == nullptr ? "" : text_of(*error, "message");
      if (!message.empty() && outcome.error.message != message)
        return "expected " + message + ", but got " + show(outcome);
      return "";
    }
    if (test.find("undefinedResult") != nullptr) {
      const bool undefined = outcome.kind == Outcome::Kind::Undefined;
      return undefined ? "" : "expected nothing, but got " + show(outcome);
    }
    const Value* expected = test.find("result");
    if (expected == nullptr) return "no expectation";
    if (outcome.kind != Outcome::Kind::Value) return "expected " + print(*expected) + ", but got " + show(outcome);
    const bool equal =
        test.find("unordered") != nullptr ? equal_unordered(outcome.value, *expected) : outcome.value == *expected;
    return equal ? "" : "expected " + print(*expected).substr(0, 300) + ", but got " + show(outcome);
  }

  /// How many cases of a later grammar were refused, as they should be.
  std::size_t later() const { return later_; }

 private:
  static std::string expected_code(const Value& test) {
    const Value* error = test.find("error");
    return error == nullptr ? text_of(test, "code") : text_of(*error, "code");
  }

  static std::string show(const Outcome& outcome) {
    switch (outcome.kind) {
      case Outcome::Kind::Failed:
        return outcome.error.text() + " @" + std::to_string(outcome.error.position);
      case Outcome::Kind::Undefined:
        return "nothing";
      case Outcome::Kind::Function:
        return "a function";
      default:
        return print(outcome.value).substr(0, 300);
    }
  }

  Outcome run(const Value& test) {
    const std::string text = text_of(test, "expr");
    const auto compiled = Expression::compile(text, Dialect::Standard);
    if (const auto* error = std::get_if<Error>(&compiled)) {
      Outcome outcome;
      outcome.kind = Outcome::Kind::Failed;
      outcome.error = *error;
      return outcome;
    }
    std::optional<Value> input;
    const std::string dataset = text_of(test, "dataset");
    if (!dataset.empty()) {
      input = dataset_of(dataset);
    } else if (const Value* data = test.find("data")) {
      input = *data;
    }
    Bounds bounds;
    bounds.steps = expected_code(test) == kBoundReached ? 500'000 : 20'000'000;  // one range has ten million items
    if (const Value* depth = test.find("depth")) bounds.depth = static_cast<std::uint32_t>(depth->number());
    std::vector<Binding> bindings;
    if (const Value* named = test.find("bindings")) {
      for (const Member member : named->members()) bindings.push_back({member.key, member.value});
    }
    return evaluate(std::get<Expression>(compiled), input, bindings, Environment{1'521'801'216'617, 1}, bounds);
  }

  const Value& dataset_of(const std::string& name) {
    auto found = datasets_.find(name);
    if (found == datasets_.end())
      found = datasets_.emplace(name, read_json(folder_ / "datasets" / (name + ".json"))).first;
    return found->second;
  }

  fs::path folder_;
  std::size_t later_ = 0;
  std::map<std::string, Value> datasets_;
};

TEST(JsonataSuite, PassesEachCaseOfThePublicSuite) {
  const fs::path folder = suite_folder();
  if (!fs::exists(folder / "groups")) GTEST_SKIP() << "there is no suite at " << folder;
  Suite suite(folder);
  std::size_t passed = 0;
  std::size_t failed = 0;
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder / "groups")) files.push_back(entry.path());
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    const Value group = read_json(file);
    for (const Value& test : group.find("cases")->items()) {
      const std::string id = text_of(test, "id");
      const std::string fault = suite.check(test);
      (fault.empty() ? passed : failed) += 1;
      EXPECT_EQ(fault, "") << id << ": " << text_of(test, "expr");
    }
  }
  std::cout << passed << " cases passed, " << failed << " failed; " << suite.later()
            << " of a later grammar were refused\n";
  EXPECT_GT(passed, 500U);
}

}  // namespace
}  // namespace stepd::jsonata
