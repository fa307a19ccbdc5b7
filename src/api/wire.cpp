// Admission of requests and the printing of answers' heads.
#include "api/wire.h"

#include "base/http_date.h"
#include "base/http_field.h"
#include "engine/run/uuid.h"

#include <algorithm>
#include <boost/beast/http/status.hpp>

namespace stepd::api {
namespace {

constexpr std::size_t kHeadBytes = 512;  // more than most answers have

/// Printed once a second by each thread.
std::string_view date_now() {
  thread_local std::chrono::sys_seconds printed{};
  thread_local std::string date;
  const auto now = std::chrono::floor<std::chrono::seconds>(SystemClock().now());
  if (now != printed) {
    date = to_http_date(now);
    printed = now;
  }
  return date;
}

/// Browsers say where a request comes from; everybody else says nothing and is let through.
bool from_foreign_page(const Request& request, const Head& head) {
  const auto site = request.field("sec-fetch-site");
  if (site == "cross-site" || site == "same-site") return true;
  return !origin_is_own(request.field("origin"), head.host);
}

/// Whether a page of any site could have sent this request without the browser asking first (Fetch, "CORS-safelisted
/// request-header"), and nothing says that none has: no Origin or Sec-Fetch-Site, which foreign pages are refused by,
/// no field that pages may not set freely. Old browsers, and forms in some, send neither Origin nor Sec-Fetch-Site.
bool could_be_foreign_form(const Request& request) {
  if (request.method != "POST") return false;
  const auto type = request.media_type();
  const bool simple = type.empty() || type == "application/x-www-form-urlencoded" || type == "text/plain" ||
                      type == "multipart/form-data";
  if (!simple || !request.field("origin").empty() || !request.field("sec-fetch-site").empty()) return false;
  // Programs that name themselves: no page can send this without the browser asking.
  for (const std::string_view program : {"curl/", "Wget/", "HTTPie/"}) {
    if (request.field("user-agent").starts_with(program)) return false;
  }
  return std::none_of(request.fields.begin(), request.fields.end(), [](const Field& field) {
    const auto name = to_lower(field.name);
    return name == "authorization" || name.starts_with("x-amz-");
  });
}

/// A body that nobody would decode must not be taken for what it encodes.
bool is_coded(const Request& request) {
  return std::any_of(request.fields.begin(), request.fields.end(), [](const Field& field) {
    return equal_ignoring_case(field.name, "content-encoding") && !equal_ignoring_case(field.value, "identity");
  });
}

}  // namespace

std::string make_request_id() { return run::make_uuid(); }

Request make_request(Head& head) {
  Request request;
  request.id = make_request_id();
  request.method = head.method;
  request.path = head.path;
  request.query = std::move(head.query);
  request.fields = std::move(head.fields);
  request.content_length = head.content_length;
  return request;
}

std::variant<const Route*, Response> admit(const Router& router, const Head& head, Request& request) {
  auto found = router.find(request);
  if (auto* none = std::get_if<Response>(&found)) {
    none->close = head.has_body();
    return std::move(*none);
  }
  auto& match = std::get<Router::Match>(found);
  request.captures = std::move(match.captures);
  const Route& route = match.route->choose ? match.route->choose(request) : *match.route;
  std::optional<Response> refused;
  if (route.origins == Origins::Own && from_foreign_page(request, head)) {
    refused = route.refuse(403, "requests from pages of another origin are refused");
  } else if (head.content_length.value_or(0) > route.body_bytes_max || (head.chunked && route.body_bytes_max == 0)) {
    refused = route.refuse(413, "the body is larger than " + std::to_string(route.body_bytes_max) + " bytes");
  } else if (!route.judges_media_types && could_be_foreign_form(request)) {
    refused = route.refuse(415,
                           "the content type must be application/json, because a page of another site could send this "
                           "request without it; with curl: -H 'Content-Type: application/json'");
  } else if (!route.decodes_bodies && is_coded(request)) {
    refused = route.refuse(415, "the body must come without a Content-Encoding");
  }
  if (!refused) return &route;
  refused->close = true;
  return std::move(*refused);
}

std::string response_head(const Response& response, const std::string& request_id, After after) {
  const auto reason = boost::beast::http::obsolete_reason(static_cast<boost::beast::http::status>(response.status));
  std::string head;
  head.reserve(kHeadBytes);
  head.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  head.append(reason.data(), reason.size()).append("\r\n");
  append_http_field(head, "Date", date_now());
  append_http_field(head, "x-amzn-RequestId", request_id);
  append_http_field(head, "X-Content-Type-Options", "nosniff");
  if (after == After::Close) append_http_field(head, "Connection", "close");
  for (const Field& field : response.fields) append_http_field(head, field.name, field.value);
  if (response.status != 204 && response.status != 304 && response.feed == nullptr) {
    const std::uint64_t size = response.source ? response.source->size() : response.body.size();
    append_http_field(head, "Content-Length", std::to_string(size));
  }
  return head.append("\r\n");
}

}  // namespace stepd::api
