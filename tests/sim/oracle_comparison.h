// What an engine and the oracle have to agree on: what tasks answer, and how an execution ends.
#pragma once

#include "sim/oracle.h"

#include <string>

namespace stepd::test {

/// What every task answers, in the engine's world and in the oracle's: depends on nothing else.
oracle::Reply oracle_reply(const std::string& state, int retries, const std::string& input);

/// JSON in one way of writing it, with each string that contains a cause of the engine's cut to what the oracle says.
std::string comparable(const std::string& json);

/// `seen` is the engine's ending, its output comparable().
bool agree(const oracle::Ending& said, const oracle::Ending& seen);

std::string shown(const oracle::Ending& ending);

}  // namespace stepd::test
