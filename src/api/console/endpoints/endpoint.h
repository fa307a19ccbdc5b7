// One endpoint of the console's data: its path, and what answers it. To add one is a file here and a line in
// registry.cpp.
#pragma once

#include "api/api.h"
#include "api/console/console.h"
#include "api/router.h"
#include "base/json.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace stepd::api {

/// What the endpoints share.
struct ConsoleContext {
  const Backend& backend;
  const ConsoleSources& sources;
  run::ExecutionDigests& digests;
};

struct Endpoint {
  std::string_view method = "GET";
  std::string_view pattern;  ///< beneath /console/api/
  /// Thread: a worker; may block. What it throws is 500.
  Response (*answer)(const Request& request, const ConsoleContext& context) = nullptr;
  /// Instead of `answer`: for one that is answered later.
  void (*wait)(const Request& request, const ConsoleContext& context, const Reply& reply) = nullptr;
  std::uint64_t body_bytes_max = 0;
};

/// Every endpoint there is.
std::span<const Endpoint* const> endpoints();

/// 200 with a body that no cache keeps.
Response console_answer(const Json& body);

/// A number of the query in [1, max]; `standard` without one or with one that is none.
std::size_t read_count(const Request& request, const char* name, std::size_t standard, std::size_t max);
/// Milliseconds since 1970; none without one.
std::optional<Instant> read_moment(const Request& request, const char* name);
std::int64_t to_milliseconds(Instant instant);

/// The execution that the captures `machine` and `name` name, or a 404 that says what may have become of it.
struct FoundExecution {
  std::optional<storage::ExecutionRecord> record;
  Response refusal;
};
FoundExecution find_execution(const Request& request, const ConsoleContext& context);
std::string machine_arn_of(const ConsoleContext& context, const std::string& name);

/// The row of a list. `failure` may be null.
Json describe_summary(const storage::ExecutionSummary& summary, const storage::ListedFailure* failure);
/// The rows of a list, with why those that failed did.
Json describe_summaries(const std::vector<storage::ExecutionSummary>& summaries, const storage::Reader& reader);

/// The first `bytes` of a text, whole characters.
std::string beginning(const std::string& text, std::size_t bytes);

}  // namespace stepd::api
