// The whole API of one process: which routes it has and what they stand on. Configuration files are not read here.
#pragma once

#include "api/server.h"
#include "base/clock.h"
#include "base/items.h"
#include "base/objects.h"
#include "engine/run/gateway.h"
#include "storage/store.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace stepd::api {

/// What the routes ask. All of it outlives the server.
struct Backend {
  run::Gateway& gateway;
  const storage::Reader& reader;
  ObjectStore& objects;
  const ItemStore& items;
  const Clock& clock;
};

/// A path that starts executions of one state machine: the body becomes the input as it was sent.
/// Answers 200 `{"executionArn", "startDate"}`, or an error status with `{"error": reason}`.
struct StartRoute {
  std::string path;  ///< as Route::pattern; captures are not passed on
  std::string state_machine_arn;
  std::vector<std::string> required;                          ///< members that the body must have, not null
  std::map<std::string, std::vector<std::string>> permitted;  ///< member -> the only values it may have
  std::string method = "POST";
};

/// A path that shows one item of a table: 200 and the item, or 404 with a reason.
struct ItemRoute {
  std::string path;  ///< as Route::pattern
  std::string table;
  std::string key;  ///< template over the path's captures, such as `{bucket}/{key}`
};

struct Routes {
  std::vector<StartRoute> starts;
  std::vector<ItemRoute> items;
  bool buckets = true;  ///< /buckets/...: whoever reaches the server may read and change every object
};

/// Bound, not yet started. Throws ListenError, and std::invalid_argument for a malformed or repeated route, an unknown
/// table, or a key template that names no capture of its path.
std::unique_ptr<Server> make_server(ServerOptions options, const Backend& backend, const Routes& routes);

}  // namespace stepd::api
