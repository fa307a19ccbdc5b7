// Patterns and their matching. Segments are parted where the path has slashes, and then compared decoded: an encoded
// slash is a character of its segment. The guard has refused dots as segments, however they were encoded.
#include "api/router.h"

#include "base/encoding.h"

#include <spdlog/spdlog.h>
#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

namespace stepd::api {
namespace {

enum class Kind { Literal, Name, Rest };

struct Segment {
  Kind kind = Kind::Literal;
  std::string text;  ///< the literal, or the capture's name
};

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> parts;
  path.remove_prefix(1);
  for (;;) {
    const auto slash = path.find('/');
    parts.push_back(path.substr(0, slash));
    if (slash == std::string_view::npos) return parts;
    path.remove_prefix(slash + 1);
  }
}

std::vector<Segment> read_pattern(const std::string& pattern) {
  if (!pattern.starts_with('/')) throw std::invalid_argument("route \"" + pattern + "\": must begin with /");
  std::vector<Segment> segments;
  std::set<std::string> names;
  bool rest = false;
  for (const auto part : split(pattern)) {
    if (!part.starts_with('{')) {
      if (part.find_first_of("{}") != std::string_view::npos) {
        throw std::invalid_argument("route \"" + pattern + "\": {name} must be a whole segment");
      }
      segments.push_back({Kind::Literal, std::string(part)});
      continue;
    }
    const bool takes_rest = part.ends_with("...}");
    const auto name = std::string(part.substr(1, part.size() - (takes_rest ? 5 : 2)));
    if (!part.ends_with('}') || name.empty() || name.find_first_of("{}.") != std::string::npos ||
        !names.insert(name).second || (takes_rest && rest)) {
      throw std::invalid_argument("route \"" + pattern + "\": malformed or repeated {name}");
    }
    rest |= takes_rest;
    segments.push_back({takes_rest ? Kind::Rest : Kind::Name, name});
  }
  return segments;
}

using Captures = std::map<std::string, std::string>;

bool match(const std::vector<Segment>& segments, const std::vector<std::string>& parts, Captures& captures) {
  const auto rest =
      std::find_if(segments.begin(), segments.end(), [](const Segment& s) { return s.kind == Kind::Rest; });
  const bool open = rest != segments.end();
  if (open ? parts.size() < segments.size() : parts.size() != segments.size()) return false;
  const auto extra = parts.size() - segments.size();
  std::size_t next = 0;
  for (const Segment& segment : segments) {
    if (segment.kind == Kind::Literal && parts[next] != segment.text) return false;
    if (segment.kind == Kind::Literal) {
      ++next;
      continue;
    }
    std::string value = parts[next++];
    for (std::size_t i = 0; segment.kind == Kind::Rest && i < extra; ++i) value += "/" + parts[next++];
    captures[segment.text] = std::move(value);
  }
  return true;
}

/// Literal before {name} before {name...}, segment by segment; equal for two patterns that match the same paths.
std::vector<std::pair<Kind, std::string>> rank(const std::vector<Segment>& segments) {
  std::vector<std::pair<Kind, std::string>> ranks;
  for (const Segment& segment : segments) {
    ranks.emplace_back(segment.kind, segment.kind == Kind::Literal ? segment.text : "");
  }
  return ranks;
}

}  // namespace

struct Router::Entry {
  std::vector<Segment> segments;
  Route route;
};

Router::Router() = default;
Router::~Router() = default;
Router::Router(Router&&) noexcept = default;
Router& Router::operator=(Router&&) noexcept = default;

void Router::add(Route route) {
  auto segments = read_pattern(route.pattern);
  const auto place = std::find_if(entries_.begin(), entries_.end(), [&](const auto& entry) {
    return std::pair(rank(segments), route.method) <= std::pair(rank(entry->segments), entry->route.method);
  });
  if (place != entries_.end() && (*place)->route.method == route.method && rank((*place)->segments) == rank(segments)) {
    throw std::invalid_argument("route \"" + route.method + " " + route.pattern + "\" is there already");
  }
  auto entry = std::make_unique<const Entry>(Entry{std::move(segments), std::move(route)});
  // One with a % is compared with what a path decodes to.
  const bool is_literal = std::all_of(entry->segments.begin(), entry->segments.end(), [](const Segment& segment) {
    return segment.kind == Kind::Literal && segment.text.find('%') == std::string::npos;
  });
  if (is_literal) literals_.emplace(entry->route.method + " " + entry->route.pattern, &entry->route);
  entries_.insert(place, std::move(entry));
}

void Router::add_rest(std::function<Claim(const Request&)> claim, std::vector<Route> routes) {
  claim_ = std::move(claim);
  rest_ = std::move(routes);
}

void Router::add_stranger(std::function<std::optional<Response>(const Request&)> answer) {
  stranger_ = std::move(answer);
}

std::variant<Router::Match, Response> Router::find(const Request& request) const {
  const auto claim = claim_ ? claim_(request) : Claim::Nothing;
  if (claim == Claim::Whole) return find_rest(request.method);
  auto found = find_pattern(request.method, request.path);
  const auto* none = std::get_if<Response>(&found);
  if (none == nullptr) return found;
  if (stranger_) {
    if (auto answer = stranger_(request)) return *std::move(answer);
  }
  if (none->status == 404 && claim == Claim::Unmatched) return find_rest(request.method);
  return found;
}

std::variant<Router::Match, Response> Router::find_rest(std::string_view method) const {
  for (const Route& route : rest_) {
    if (route.method == method) return Match{&route, {}};
  }
  return rest_.front().refuse(405, "this service has no method " + std::string(method));
}

std::variant<Router::Match, Response> Router::find_pattern(std::string_view method, std::string_view path) const {
  if (const auto literal = literals_.find(std::string(method).append(" ").append(path)); literal != literals_.end()) {
    return Match{literal->second, {}};
  }
  std::vector<std::string> parts;
  for (const auto part : split(path)) parts.push_back(percent_decode(part).value_or(std::string(part)));

  const auto find_method = [&](std::string_view wanted) -> Match {
    for (const auto& entry : entries_) {
      Captures captures;
      if (entry->route.method == wanted && match(entry->segments, parts, captures)) {
        return {&entry->route, std::move(captures)};
      }
    }
    return {};
  };
  if (auto found = find_method(method); found.route) return found;
  if (method == "HEAD") {
    if (auto found = find_method("GET"); found.route) return found;
  }

  std::set<std::string> allowed;
  for (const auto& entry : entries_) {
    Captures captures;
    if (match(entry->segments, parts, captures)) allowed.insert(entry->route.method);
  }
  const std::string asked = std::string(method) + " " + std::string(path);
  if (!allowed.empty()) {
    std::string list;
    for (const auto& name : allowed) list += (list.empty() ? "" : ", ") + name;
    auto response = error_response(405, asked + ": this path answers to " + list);
    response.fields.push_back({"Allow", list});
    return response;
  }
  Json routes = Json::array();
  for (const auto& entry : entries_) {
    if (!entry->route.description.empty()) routes.push_back(entry->route.method + " " + entry->route.pattern);
  }
  return json_response(404, Json{{"error", "nothing here answers " + asked}, {"routes", std::move(routes)}});
}

std::vector<const Route*> Router::routes() const {
  std::vector<const Route*> routes;
  for (const auto& entry : entries_) routes.push_back(&entry->route);
  return routes;
}

Route blocking_route(std::string method, std::string pattern, std::function<Response(const Request&)> handle) {
  Route route;
  route.method = std::move(method);
  route.pattern = std::move(pattern);
  route.handle = [handle = std::move(handle)](Request request, Reply reply, Workers& workers) {
    workers.post([handle, reply = std::move(reply), request = std::move(request)] {
      try {
        reply(handle(request));
      } catch (const std::exception& error) {
        spdlog::error("{} {}: {} ({})", request.method, request.path, error.what(), request.id);
        reply(error_response(500, "internal error"));
      }
    });
  };
  return route;
}

Route asking_route(std::string method, std::string pattern, std::function<void(Request, const Reply&)> handle) {
  Route route;
  route.method = std::move(method);
  route.pattern = std::move(pattern);
  route.handle = [handle = std::move(handle)](Request request, Reply reply, Workers& workers) {
    workers.post([handle, request = std::move(request), reply = std::move(reply)]() mutable {
      const std::string asked = request.method + " " + request.path + " (" + request.id + ")";
      try {
        handle(std::move(request), reply);
      } catch (const std::exception& error) {
        spdlog::error("{}: {}", asked, error.what());
        reply(error_response(500, "internal error"));
      }
    });
  };
  return route;
}

}  // namespace stepd::api
