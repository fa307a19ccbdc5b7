// JSONata beside jsonata-js: evaluations and compilations per second of processor time for each expression of
// jsonata/expressions.json, and allocations per evaluation. Both sides take turns, and the best of their rounds count.
// jsonata-js is looked for where the variable STEPD_JSONATA_JS says, a folder with bin/node and node_modules/jsonata,
// or in build/clients (`./dev test` makes it).
#include "engine/asl/jsonata/jsonata.h"
#include "base/value/parse.h"
#include "base/value/print.h"

#include <time.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

extern "C" void* __libc_malloc(std::size_t size);

namespace {
thread_local std::uint64_t allocations = 0;
}

/// Counts what the program allocates; operator new comes here as well.
extern "C" void* malloc(std::size_t size) {
  ++allocations;
  return __libc_malloc(size);
}

namespace stepd::bench {
namespace {

constexpr double kSecondsEach = 0.1;
constexpr int kRounds = 4;

double processor_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

template <class Work>
double rate(const Work& work) {
  for (int i = 0; i < 50; ++i) work();
  const double begin = processor_seconds();
  double done = 0;
  double spent = 0;
  while (spent < kSecondsEach) {
    for (int i = 0; i < 20; ++i) work();
    done += 20;
    spent = processor_seconds() - begin;
  }
  return done / spent;
}

std::vector<Value> read_lines(const std::string& command) {
  std::vector<Value> lines;
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command.c_str(), "r"), pclose);
  std::string line;
  std::array<char, 65'536> buffer;
  while (pipe != nullptr && std::fgets(buffer.data(), buffer.size(), pipe.get()) != nullptr) {
    line += buffer.data();
    if (!line.ends_with('\n')) continue;
    if (auto value = parse_value(line)) lines.push_back(*std::move(value));
    line.clear();
  }
  return lines;
}

std::string read_file(const std::string& path) {
  std::string text;
  const std::unique_ptr<FILE, int (*)(FILE*)> file(std::fopen(path.c_str(), "r"), std::fclose);
  std::array<char, 65'536> buffer;
  while (file != nullptr) {
    const std::size_t read = std::fread(buffer.data(), 1, buffer.size(), file.get());
    if (read == 0) break;
    text.append(buffer.data(), read);
  }
  return text;
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values.empty() ? 0 : values[values.size() / 2];
}

/// One expression, and the best rates of both sides so far.
struct Contest {
  std::string name;
  std::string text;
  std::string input;
  double evaluations = 0;
  double compilations = 0;
  double their_evaluations = 0;
  double their_compilations = 0;
  std::uint64_t allocated = 0;
};

void run_ours(Contest& contest, const Value& input, const Value& theirs) {
  auto compiled = jsonata::Expression::compile(contest.text, jsonata::Dialect::Standard);
  const auto& expression = std::get<jsonata::Expression>(compiled);
  const auto evaluate = [&] { return jsonata::evaluate(expression, input, {}, {}, jsonata::Bounds()); };
  const auto outcome = evaluate();
  const auto expected = parse_value(theirs.find("result")->string());
  if (!expected || !(outcome.value == *expected)) {
    std::printf("%-30s differs: %s\n", contest.name.c_str(), print(outcome.value).substr(0, 200).c_str());
  }
  const std::uint64_t before = allocations;
  evaluate();
  contest.allocated = allocations - before;
  const auto compile = [&] { return jsonata::Expression::compile(contest.text, jsonata::Dialect::Standard); };
  contest.evaluations = std::max(contest.evaluations, rate(evaluate));
  contest.compilations = std::max(contest.compilations, rate(compile));
  contest.their_evaluations = std::max(contest.their_evaluations, theirs.find("evaluations")->number());
  contest.their_compilations = std::max(contest.their_compilations, theirs.find("parses")->number());
}

void print_table(const std::vector<Contest>& contests) {
  std::printf("%-30s %12s %8s %12s %8s %6s\n", "expression", "eval/s", "times", "compile/s", "times", "alloc");
  std::vector<double> evaluated;
  std::vector<double> compiled;
  for (const Contest& each : contests) {
    evaluated.push_back(each.evaluations / each.their_evaluations);
    compiled.push_back(each.compilations / each.their_compilations);
    std::printf("%-30s %12.0f %8.1f %12.0f %8.1f %6llu\n", each.name.c_str(), each.evaluations, evaluated.back(),
                each.compilations, compiled.back(), static_cast<unsigned long long>(each.allocated));
  }
  std::printf(
      "\n%zu expressions. Evaluation: median %.1f times, least %.1f times jsonata-js. Compilation: median %.1f, least "
      "%.1f.\n",
      evaluated.size(), median(evaluated), *std::min_element(evaluated.begin(), evaluated.end()), median(compiled),
      *std::min_element(compiled.begin(), compiled.end()));
}

int run(const std::string& folder, const std::string& clients) {
  const auto expressions = parse_value(read_file(folder + "/expressions.json"));
  if (!expressions) return 2;
  std::vector<Contest> contests;
  for (const Value& each : expressions->items()) {
    contests.push_back({std::string(each.find("name")->string()), std::string(each.find("text")->string()),
                        std::string(each.find("input")->string())});
  }
  for (int round = 0; round < kRounds; ++round) {
    std::fprintf(stderr, "round %d of %d\n", round + 1, kRounds);
    const auto lines = read_lines("PATH='" + clients + "/bin':$PATH node '" + folder + "/jsonata_js.mjs' '" + clients +
                                  "/node_modules' " + std::to_string(kSecondsEach));
    if (lines.size() != contests.size() + 1) {
      std::fprintf(stderr, "jsonata-js cannot be run: ./dev test installs it in %s\n", clients.c_str());
      return 2;
    }
    const Value& inputs = *lines[0].find("inputs");
    for (std::size_t i = 0; i < contests.size(); ++i) {
      run_ours(contests[i], *inputs.find(contests[i].input), lines[i + 1]);
    }
  }
  print_table(contests);
  return 0;
}

}  // namespace
}  // namespace stepd::bench

int main() {
  const char* const clients = std::getenv("STEPD_JSONATA_JS");
  return stepd::bench::run("bench/jsonata", clients != nullptr ? clients : "build/clients");
}
