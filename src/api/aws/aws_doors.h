// What the AWS services of `POST /` and of Lambda's paths stand on beside the engine, the store and the buckets: values
// of the configuration, and doors that the wiring fills. Each may be absent; its operations then find nothing.
#pragma once

#include "api/api.h"
#include "base/clock.h"
#include "base/lineage.h"
#include "base/log_reader.h"
#include "base/result.h"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::api {

class FifoMemory;  // aws/fifo_memory.h

struct AwsSubscription {
  std::string name;
  std::string protocol;  ///< as SNS names it: `https`, `email`, `lambda`; stepd's own `file`
  std::string endpoint;  ///< without secrets
};

struct AwsTopic {
  std::string name;
  bool content_based_deduplication = false;  ///< of FIFO topics, whose names end in `.fifo`
  std::vector<AwsSubscription> subscriptions;
};

struct AwsFunction {
  std::string name;
  std::string description;
  std::string runtime;  ///< as Lambda names it; empty: it is no code of one's own
  std::string handler;
  std::uint64_t timeout_seconds = 0;  ///< 0: not known
  std::uint64_t memory_mb = 0;        ///< 0: not known
};

/// A text that is read when it is asked for, so that a changed file needs no restart. It is never logged.
/// Error: its cause names the place, not the text. Thread: any; may block.
using HiddenText = std::function<Result<std::string>()>;

struct AwsParameter {
  std::string name;
  std::string type;  ///< String, StringList, SecureString
  HiddenText value;
  Instant modified;
};

struct AwsSecret {
  std::string name;
  HiddenText value;
  Instant created;
};

/// A call that nobody waits for (Lambda's invocation type Event).
struct AsyncCall {
  std::string function;  ///< bare name
  std::string payload;   ///< JSON text
  std::string request_id;
  std::string qualifier;
  std::string client_context;
  Lineage lineage = {};  ///< of what the function writes and starts
};

/// Durable when it returns; tried again later if it fails. Thread: any; blocks on the store.
using AsyncCalls = std::function<Result<void>(AsyncCall call)>;

struct AwsDoors {
  std::string region = "us-east-1";
  std::string account = "123456789012";
  std::vector<AwsTopic> topics;          ///< by name
  std::vector<AwsFunction> functions;    ///< by name
  std::vector<AwsParameter> parameters;  ///< by name
  std::vector<AwsSecret> secrets;        ///< by name
  bool any_function = false;             ///< functions that are not listed are looked for elsewhere
  FifoMemory* fifo = nullptr;
  AsyncCalls call_later;
  /// Of the call in which a function sends a request with that session token. Empty, or answers none: it comes from
  /// outside. Thread: any; must not block.
  std::function<std::optional<Lineage>(std::string_view session_token)> lineage_of_session;
  LogGroups* log_writer = nullptr;
  LogReader* logs = nullptr;
};

/// Those of `backend`, or an account with nothing in it.
const AwsDoors& doors_of(const Backend& backend);

/// `arn:aws:SERVICE:REGION:ACCOUNT:RESOURCE` of that account.
std::string arn_of(const AwsDoors& doors, std::string_view service, std::string_view resource);

}  // namespace stepd::api
