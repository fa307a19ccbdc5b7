// A destination of the outbox at work: the way to it, how hard that is tried, and what becomes of what is given up.
#pragma once

#include "base/outbox.h"
#include "tasks/notify/function_calls.h"
#include "tasks/notify/topic.h"

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace stepd::tasks {

struct Destination {
  std::string name;  ///< as in OutboxRecord
  std::unique_ptr<Post> post;
  Persistence persistence = {};
  std::filesystem::path dead_letters = {};  ///< JSON lines; empty: the log alone tells of what is given up
};

/// One for each subscriber. `topics` outlive them. `call` calls the functions that subscribe; it may be empty if none
/// does.
std::vector<Destination> make_destinations(const std::vector<Topic>& topics, const FunctionCaller& call = {});

}  // namespace stepd::tasks
