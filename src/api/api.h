// The whole API of one process: which routes it has and what they stand on. Configuration files are not read here.
#pragma once

#include "api/mapping_template.h"
#include "api/server.h"
#include "base/clock.h"
#include "base/items.h"
#include "base/lineage.h"
#include "base/objects.h"
#include "engine/run/gateway.h"
#include "storage/store.h"
#include "storage/store_probe.h"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace stepd::api {

struct ConsoleSources;  // console/console.h
class Metrics;          // metrics/metrics.h
struct AwsDoors;        // aws/aws_doors.h

/// What the routes ask. All of it outlives the server.
struct Backend {
  run::Gateway& gateway;
  const storage::Reader& reader;
  ObjectStore& objects;
  ItemStore& items;
  const Clock& clock;
  bool paused = false;                      ///< run::EngineOptions::paused
  storage::StoreProbe* probe = nullptr;     ///< for GET /health; null: only reads are tried
  const ConsoleSources* console = nullptr;  ///< null: no console is served
  Metrics* metrics = nullptr;               ///< null: there is no GET /metrics
  const AwsDoors* aws = nullptr;            ///< null: an account with nothing in it
  /// Of the request that an operation serves: protocol/caller.h.
  std::optional<Lineage> caller = {};
};

/// A path that starts executions of one state machine: the body becomes the input as it was sent.
/// Answers 200 `{"executionArn", "startDate"}`, or an error status with `{"error": reason}`.
struct StartRoute {
  /// What is answered. All but Start wait for the end of an execution, which only EXPRESS state machines have in time.
  enum class Reply {
    Start,
    Execution,  ///< StartSyncExecution's response, 200 whether or not the execution succeeded
    Output,     ///< the output alone; 500, or 504 of a timeout, with `{"error", "cause"}` where there is none
  };

  std::string path;  ///< as Route::pattern; captures are for the mapping alone
  std::string state_machine_arn;
  std::vector<std::string> required;                          ///< members that the input must have, not null
  std::map<std::string, std::vector<std::string>> permitted;  ///< member -> the only values it may have
  std::string method = "POST";
  /// Makes a StartExecution request of the body: `input`, `name`, and `stateMachineArn`, which may be this route's
  /// alone. Errors are then StartExecution's own, `{"__type", "message"}`.
  std::optional<MappingTemplate> mapping;
  /// Without a mapping: a body that is itself a StartExecution request is taken as one, as if it had been mapped.
  bool envelope = false;
  Reply reply = Reply::Start;
};

/// A path that shows one item of a table: 200 and the item, or 404 with a reason.
struct ItemRoute {
  std::string path;  ///< as Route::pattern
  std::string table;
  std::string key;  ///< template over the path's captures, such as `{bucket}/{key}`
  /// An object that waits where there is no item yet: 200 and `{KEY: ..., "status": "PENDING"}`.
  struct Pending {
    std::string bucket;
    std::string key;  ///< template as above
  };
  std::optional<Pending> pending;
  bool public_to_pages = false;  ///< pages of other origins may read it
};

/// A path that calls a function of the configuration.
struct FunctionRoute {
  std::string method;
  std::string path;  ///< as Route::pattern
  std::string function;
  std::string account;  ///< of the event's request context
  /// The event is API Gateway's, payload format 2.0 unless `rest`, and the answer's statusCode, headers and body are
  /// honoured; else the body itself is the event.
  bool proxy = true;
  bool public_to_pages = false;  ///< for GET: pages of other origins may read it
  bool rest = false;             ///< with proxy: payload format 1.0, that of REST APIs
  std::string stage = {};        ///< of the API, that the event names; the path may begin with it
};

/// S3's REST protocol over the buckets: whoever reaches the server may read and change every object.
struct S3Options {
  bool served = true;
  std::string region = "us-east-1";
  std::string account = "123456789012";
};

struct Routes {
  std::vector<StartRoute> starts;
  std::vector<ItemRoute> items;
  std::vector<FunctionRoute> functions;
  bool buckets = true;  ///< /buckets/...: whoever reaches the server may read and change every object
  S3Options s3;
};

/// Bound, not yet started. Throws ListenError, and std::invalid_argument for a malformed or repeated route, an unknown
/// table, or a key template that names no capture of its path.
std::unique_ptr<Server> make_server(ServerOptions options, const Backend& backend, const Routes& routes);

}  // namespace stepd::api
