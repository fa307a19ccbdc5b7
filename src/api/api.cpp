// The list of everything that is served.
#include "api/api.h"

#include "api/console/console.h"
#include "api/metrics/metrics_route.h"
#include "api/protocol/dispatch.h"
#include "api/routes/bucket_routes.h"
#include "api/routes/front_page.h"
#include "api/routes/function_routes.h"
#include "api/routes/health.h"
#include "api/routes/item_route.h"
#include "api/routes/lambda_routes.h"
#include "api/routes/openapi.h"
#include "api/routes/start_route.h"
#include "api/routes/wait_route.h"
#include "api/s3/s3_routes.h"

#include <algorithm>

namespace stepd::api {

std::unique_ptr<Server> make_server(ServerOptions options, const Backend& backend, const Routes& routes) {
  const auto connections = std::make_shared<ConnectionCount>();
  Router router;
  router.add(aws_route(backend));
  router.add_stranger(answer_unserved);
  router.add(health_route(backend, connections));
  router.add(live_route());
  router.add(ready_route(backend));
  if (backend.metrics != nullptr) {
    router.add(metrics_route(backend, connections));
    options.answered = [metrics = backend.metrics](const auto&... what) { metrics->answered(what...); };
  }
  router.add(wait_route(backend));
  for (const StartRoute& start : routes.starts) router.add(start_route(start, backend));
  for (const ItemRoute& item : routes.items) router.add(item_route(item, backend));
  for (const FunctionRoute& function : routes.functions) router.add(function_route(function, backend));
  for (Route& route : lambda_routes(backend)) router.add(std::move(route));
  if (routes.buckets) {
    for (Route& route : bucket_routes(backend, options.object_bytes_max)) router.add(std::move(route));
  }
  const auto known = router.routes();
  const bool has_front = std::any_of(
      known.begin(), known.end(), [](const Route* route) { return route->method == "GET" && route->pattern == "/"; });
  if (!has_front) router.add(front_page_route(router, backend.console != nullptr ? Front::Console : Front::Page));
  router.add(openapi_route(router));
  if (backend.console != nullptr) add_console_routes(backend, router);
  if (routes.s3.served) s3::add_s3(backend, routes.s3, options.allowed_hosts, options.object_bytes_max, router);
  return std::make_unique<Server>(std::move(options), std::move(router), connections);
}

}  // namespace stepd::api
