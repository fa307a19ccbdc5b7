// State machines made from a seed whose states do much to their data: paths, templates, variables, choices, and errors
// that are retried and caught. Each of them ends. random_machine.h makes those that try the schedule.
#pragma once

#include <cstdint>
#include <string>

namespace stepd::test {

struct DataMachine {
  std::string definition;
  std::string input;
};

/// The same seed makes the same machine.
DataMachine random_data_machine(std::uint64_t seed);

}  // namespace stepd::test
