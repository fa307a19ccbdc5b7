// A second implementation of the Amazon States Language in JSONPath mode, to compare the engine with. It is written
// from the specification alone: it shares no code with the engine, keeps no history, reads no clock, and evaluates each
// path and template from its text whenever it is needed. It covers what random_data_machine.h makes, not more.
#pragma once

#include <functional>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace stepd::test::oracle {

/// What a task's resource answers: JSON text, or an error.
struct Reply {
  std::optional<std::string> result;
  std::string error = {};
  std::string cause = {};
};

/// A pure function of the state's name, the retries that the state has made so far, and the task's input as JSON text.
using Resource = std::function<Reply(const std::string& state, int retries, const std::string& input)>;

/// How an execution ends: with an output as JSON text, or with an error.
struct Ending {
  std::optional<std::string> output;
  std::string error = {};
  std::string cause = {};
};

/// The specification allows more endings than are worth following, or the data grow too large.
struct Undecided : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// The cause of every error that the evaluation of a state has, as a real one depends on the history and its words are
/// the engine's own.
inline constexpr const char* kFaultCause = "An error occurred while executing the state";

/// Every ending that the specification allows: where branches fail side by side, the failure of each may be the first.
/// Throws Undecided.
std::vector<Ending> run(const std::string& definition, const std::string& input, const std::string& execution_name,
                        const Resource& resource);

}  // namespace stepd::test::oracle
