#include "api/console/console.h"

#include "api/console/console_pages.h"
#include "api/console/endpoints/endpoint.h"

#include <spdlog/spdlog.h>
#include <memory>
#include <string>

namespace stepd::api {
namespace {

/// What a form or an image of another page cannot send: those that change something or cost much ask for it.
constexpr std::string_view kOwnField = "x-stepd-console";

/// Beside the backend and the sources, which live elsewhere, what the routes hold together.
struct Held {
  explicit Held(const Backend& given) : backend(given), digests(given.reader) {}
  ConsoleContext context() { return {backend, *backend.console, digests}; }

  const Backend backend;
  run::ExecutionDigests digests;
};

Route route_of(const Endpoint& endpoint, const std::shared_ptr<Held>& held) {
  Route route;
  route.method = endpoint.method;
  route.pattern = "/console/api/" + std::string(endpoint.pattern);
  route.body_bytes_max = endpoint.body_bytes_max;
  route.handle = [&endpoint, held](Request request, Reply reply, Workers& workers) {
    if (request.method != "GET" && request.field(kOwnField) != "1")
      return reply(error_response(403, "this needs the field X-Stepd-Console: 1, which the console's own pages send"));
    workers.post([&endpoint, held, reply = std::move(reply), request = std::move(request)] {
      try {
        if (endpoint.wait != nullptr) return endpoint.wait(request, held->context(), reply);
        reply(endpoint.answer(request, held->context()));
      } catch (const std::exception& error) {
        spdlog::error("{} {}: {} ({})", request.method, request.path, error.what(), request.id);
        reply(error_response(500, "internal error"));
      }
    });
  };
  return route;
}

}  // namespace

void add_console_routes(const Backend& backend, Router& router) {
  const auto held = std::make_shared<Held>(backend);
  for (auto& route : console_page_routes()) router.add(std::move(route));
  for (const Endpoint* endpoint : endpoints()) router.add(route_of(*endpoint, held));
}

}  // namespace stepd::api
