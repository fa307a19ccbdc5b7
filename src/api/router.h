// Finds the route for a method and a path. It reads no body and answers nothing itself but "not found".
#pragma once

#include "api/http.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>
#include <vector>

namespace stepd::api {

/// Who may use a route from a browser.
enum class Origins {
  Own,  ///< pages of this server alone
  Any,  ///< every page; only for what changes nothing and is public
};

/// One method of one path pattern. A pattern is literal segments, `{name}` for one segment and, once, `{name...}` for
/// one or more. Of two patterns that match a path, the one that is literal earlier wins.
struct Route {
  std::string method;
  std::string pattern;
  /// Takes the whole request. Thread: an I/O thread, so it must not block; what blocks goes to `workers`.
  std::function<void(Request, Reply, Workers& workers)> handle;
  /// Instead of `handle`: takes the head and then the body in pieces. Thread: a worker; may block.
  std::function<OpenedSink(const Request&)> open_sink;
  std::uint64_t body_bytes_max = 0;  ///< more is 413 before a byte of it is read
  bool decodes_bodies = false;       ///< it reads Content-Encoding itself; elsewhere a coded body is 415
  Origins origins = Origins::Own;
  /// It refuses content types that a page of another site could send without asking (wire.h) by itself, in its own
  /// form.
  bool judges_media_types = false;
  bool vital = false;  ///< served on reserved seats too, where a crowd has taken all others (seats.h)
  /// The form in which the server itself refuses a request of this route.
  std::function<Response(int status, std::string_view reason)> refuse = error_response;
  /// Where one path stands for several services: the route that counts instead of this one, by the request's head
  /// alone. It lives as long as this one. Empty: this one.
  std::function<const Route&(const Request&)> choose;
  /// JSON of an OpenAPI 3.1 Operation Object for /openapi.json, which adds the pattern's captures and the errors.
  /// Empty: the route serves the console's own pages and is described nowhere.
  std::string description;
};

/// How much of the requests a service has that is reached by no pattern (S3, whose paths are buckets and keys).
enum class Claim : std::uint8_t {
  Nothing,
  Unmatched,  ///< if no route matches the path
  Whole,      ///< before any route
};

/// A route whose handler may block: it runs on a worker, and what it throws becomes 500.
Route blocking_route(std::string method, std::string pattern, std::function<Response(const Request&)> handle);

/// A route that answers later: `handle` runs on a worker and may block, and what it throws becomes 500.
Route asking_route(std::string method, std::string pattern, std::function<void(Request, const Reply&)> handle);

/// Thread: any, once every route is added.
class Router {
 public:
  Router();
  ~Router();
  Router(Router&&) noexcept;
  Router& operator=(Router&&) noexcept;

  /// Throws std::invalid_argument for a malformed pattern and for one that is there already.
  void add(Route route);

  /// The routes of that service, one for each method; their patterns are for descriptions alone. `claim` must not
  /// block; it is asked for each request on an I/O thread. At most one service.
  void add_rest(std::function<Claim(const Request&)> claim, std::vector<Route> routes);

  /// `answer` is asked, on an I/O thread, for each request that no pattern matches and no service has as a whole.
  void add_stranger(std::function<std::optional<Response>(const Request&)> answer);

  struct Match {
    const Route* route = nullptr;
    std::map<std::string, std::string> captures;
  };
  /// The route, or the answer 404 or 405. HEAD is served by GET where it has no route of its own.
  std::variant<Match, Response> find(const Request& request) const;
  /// In the order in which they are tried, without those of add_rest().
  std::vector<const Route*> routes() const;

 private:
  std::variant<Match, Response> find_pattern(std::string_view method, std::string_view path) const;
  std::variant<Match, Response> find_rest(std::string_view method) const;

  struct Entry;
  std::vector<std::unique_ptr<const Entry>> entries_;
  /// Those of literal segments alone, by method, a space and path: they win over all others that match.
  std::unordered_map<std::string, const Route*> literals_;
  std::function<Claim(const Request&)> claim_;  ///< empty: no service has the rest
  std::vector<Route> rest_;
  std::function<std::optional<Response>(const Request&)> stranger_;  ///< may be empty
};

}  // namespace stepd::api
