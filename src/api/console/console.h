// The console: the pages that people look at stepd with, and the data behind them (docs/console.md, ADR 0035).
//
// 1. Pages write through the AWS API and /buckets, as every other client does; what is served here changes nothing.
//    Each answer is bounded in count and bytes, whatever it is about.
// 2. Nothing here is a promise to other programs: routes and answers change with the pages.
#pragma once

#include "api/api.h"
#include "api/console/live_feed.h"
#include "api/router.h"
#include "base/thumbnails.h"
#include "engine/run/digest/execution_digests.h"

#include <filesystem>
#include <string>
#include <vector>

namespace stepd::api {

/// What the configuration has, as far as pages show it.
struct Inventory {
  struct Bucket {
    std::string name;
    bool watched = false;
    std::vector<std::string> starts;  ///< names of state machines and functions that a new object starts
  };
  struct Subscriber {
    std::string name;
    std::string kind;                    ///< file, webhook, email, function
    std::string target;                  ///< without secrets
    std::string destination;             ///< its name in the outbox
    std::filesystem::path dead_letters;  ///< JSON lines
  };
  struct Topic {
    std::string name;
    std::string arn;
    std::filesystem::path file;  ///< JSON lines
    std::vector<Subscriber> subscribers;
  };
  struct Function {
    std::string name;
    std::string runs;       ///< a handler, steps, the endpoint's URL, or the runtime and the handler of one's own code
    std::string log_group;  ///< empty: it logs nothing
  };
  struct Rule {
    std::string name;
    std::string kind;    ///< rule, notification
    std::string hears;   ///< what it matches, in words or as JSON
    std::string target;  ///< `state machine x`, `function x`, `topic x`
  };

  std::string region;
  std::string account;
  std::filesystem::path data;
  std::vector<Bucket> buckets;
  std::vector<Topic> topics;
  std::vector<Function> functions;
  std::vector<Rule> rules;
};

/// What the console stands on beside the Backend. All of it outlives the server.
struct ConsoleSources {
  Inventory inventory;
  Thumbnails& thumbnails;
  LiveFeed& feed;
};

/// The pages, their files and their data, all beneath /console/. The front page leads browsers there.
/// `backend.console` is not null.
void add_console_routes(const Backend& backend, Router& router);

}  // namespace stepd::api
