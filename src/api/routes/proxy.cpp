#include "api/routes/proxy.h"

#include "base/encoding.h"
#include "base/http_field.h"
#include "base/payload.h"

#include <algorithm>
#include <array>
#include <ctime>
#include <nlohmann/json.hpp>
#include <utility>

namespace stepd::api {
namespace {

constexpr int kLeastStatus = 200;
constexpr int kMostStatus = 599;

bool is_utf8(const std::string& text) { return parse_json(print_json(Json(text))).value() == Json(text); }

std::string without_rest_marks(std::string pattern) {
  const auto marks = pattern.find("...}");
  if (marks != std::string::npos) pattern.replace(marks, 4, "+}");  // as API Gateway writes a greedy variable
  return pattern;
}

/// Names in lower case; fields of one name joined with commas.
Json headers_of(const Request& request) {
  Json headers = Json::object();
  for (const Field& field : request.fields) {
    const auto name = to_lower(field.name);
    if (name == "cookie") continue;
    headers[name] = headers.contains(name) ? headers[name].get<std::string>() + "," + field.value : field.value;
  }
  return headers;
}

Json query_of(const Request& request) {
  Json parameters = Json::object();
  std::string_view rest = request.query;
  while (!rest.empty()) {
    const auto pair = rest.substr(0, rest.find('&'));
    rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
    std::string name(pair.substr(0, pair.find('=')));
    std::replace(name.begin(), name.end(), '+', ' ');
    const auto decoded = percent_decode(name).value_or(name);
    if (!decoded.empty()) parameters[decoded] = request.parameter(decoded).value_or("");
  }
  return parameters;
}

/// `/Prod/items` -> `/items`, if the path begins with the stage.
std::string without_stage(const std::string& path, const std::string& stage) {
  if (stage.empty() || !path.starts_with("/" + stage)) return path;
  const auto rest = path.substr(stage.size() + 1);
  return rest.empty() ? "/" : rest.front() == '/' ? rest : path;
}

/// Each value in a list of its own: {"a": ["1"]}. Values of fields that came several times stay apart.
Json in_lists(const Json& values) {
  Json lists = Json::object();
  for (const auto& [name, value] : values.items()) lists[name] = Json::array({value});
  return lists;
}

Json field_lists(const Request& request) {
  Json lists = Json::object();
  for (const Field& field : request.fields) lists[field.name].push_back(field.value);
  return lists;
}

Json or_null(Json object) { return object.empty() ? Json() : object; }

/// As web servers log it, and API Gateway says it: 21/Nov/2026:11:52:49 +0000.
std::string log_time(Instant instant) {
  const std::time_t seconds = std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
  std::tm parts{};
  ::gmtime_r(&seconds, &parts);
  std::array<char, 40> text{};
  const auto size = std::strftime(text.data(), text.size(), "%d/%b/%Y:%H:%M:%S +0000", &parts);
  return {text.data(), size};
}

/// The server's own to say.
bool is_framing(const std::string& name) {
  static constexpr std::array<std::string_view, 4> kOurs = {"content-length", "transfer-encoding", "connection",
                                                            "date"};
  return std::find(kOurs.begin(), kOurs.end(), to_lower(name)) != kOurs.end();
}

bool add_headers(const Json& headers, Response& response) {
  if (!headers.is_object()) return false;
  for (const auto& [name, value] : headers.items()) {
    const auto text = value.is_string() ? value.get<std::string>() : print_json(value);
    if (!print_http_field(name, text)) return false;
    if (!is_framing(name)) response.fields.push_back({name, text});
  }
  return true;
}

/// Of payload format 1.0: a list of values for each name.
bool add_many_headers(const Json& headers, Response& response) {
  if (!headers.is_object()) return false;
  for (const auto& [name, values] : headers.items()) {
    if (!values.is_array()) return false;
    for (const auto& value : values) {
      if (!add_headers(Json{{name, value}}, response)) return false;
    }
  }
  return true;
}

bool add_cookies(const Json& cookies, Response& response) {
  if (!cookies.is_array()) return false;
  for (const auto& cookie : cookies) {
    if (!cookie.is_string() || !is_http_field_value(cookie.get<std::string>())) return false;
    response.fields.push_back({"Set-Cookie", cookie.get<std::string>()});
  }
  return true;
}

}  // namespace

Json proxy_event(const Request& request, const ProxyRoute& route, Instant now) {
  const auto key = request.method + " " + without_stage(without_rest_marks(route.pattern), route.stage);
  const auto path = percent_decode(request.path).value_or(request.path);
  const auto host = std::string(request.field("host"));
  Json event{{"version", "2.0"},
             {"routeKey", key},
             {"rawPath", path},
             {"rawQueryString", request.query},
             {"headers", headers_of(request)}};
  if (!request.query.empty()) event["queryStringParameters"] = query_of(request);
  event["requestContext"] = Json{{"accountId", route.account},
                                 {"apiId", "stepd"},
                                 {"domainName", host},
                                 {"domainPrefix", host.substr(0, host.find('.'))},
                                 {"http", Json{{"method", request.method},
                                               {"path", path},
                                               {"protocol", "HTTP/1.1"},
                                               {"userAgent", std::string(request.field("user-agent"))}}},
                                 {"requestId", request.id},
                                 {"routeKey", key},
                                 {"stage", route.stage.empty() ? "$default" : route.stage},
                                 {"time", log_time(now)},
                                 {"timeEpoch", now.time_since_epoch().count()}};
  if (!request.captures.empty()) event["pathParameters"] = Json(request.captures);
  const bool text = is_utf8(request.body);
  if (!request.body.empty()) event["body"] = text ? request.body : to_base64(request.body);
  event["isBase64Encoded"] = !text;
  return event;
}

Json rest_event(const Request& request, const ProxyRoute& route, Instant now) {
  const auto path = percent_decode(request.path).value_or(request.path);
  const auto resource = without_stage(without_rest_marks(route.pattern), route.stage);
  const auto host = std::string(request.field("host"));
  const auto stage = route.stage.empty() ? std::string("$default") : route.stage;
  const auto query = request.query.empty() ? Json::object() : query_of(request);
  const auto lists = field_lists(request);
  Json headers = Json::object();
  for (const auto& [name, values] : lists.items()) headers[name] = values.back();  // the last one counts, as on AWS
  const bool text = is_utf8(request.body);
  return Json{{"resource", resource},
              {"path", without_stage(path, route.stage)},
              {"httpMethod", request.method},
              {"headers", headers},
              {"multiValueHeaders", lists},
              {"queryStringParameters", or_null(query)},
              {"multiValueQueryStringParameters", or_null(in_lists(query))},
              {"pathParameters", or_null(Json(request.captures))},
              {"stageVariables", Json()},
              {"requestContext", Json{{"accountId", route.account},
                                      {"apiId", "stepd"},
                                      {"domainName", host},
                                      {"domainPrefix", host.substr(0, host.find('.'))},
                                      {"extendedRequestId", request.id},
                                      {"httpMethod", request.method},
                                      {"identity", Json{{"userAgent", std::string(request.field("user-agent"))}}},
                                      {"path", path},
                                      {"protocol", "HTTP/1.1"},
                                      {"requestId", request.id},
                                      {"requestTime", log_time(now)},
                                      {"requestTimeEpoch", now.time_since_epoch().count()},
                                      {"resourcePath", resource},
                                      {"stage", stage}}},
              {"body", request.body.empty() ? Json() : Json(text ? request.body : to_base64(request.body))},
              {"isBase64Encoded", !text}};
}

std::optional<Response> proxy_response(const Json& answer) {
  if (!answer.is_object() || !answer.contains("statusCode")) return json_response(200, answer);
  const auto status = answer["statusCode"];
  if (!status.is_number_integer()) return std::nullopt;
  Response response;
  response.status = status.get<int>();
  if (response.status < kLeastStatus || response.status > kMostStatus) return std::nullopt;
  const auto single = answer.find("headers");
  if (single != answer.end() && !single->is_null() && !add_headers(*single, response)) return std::nullopt;
  const auto many = answer.find("multiValueHeaders");
  if (many != answer.end() && !many->is_null() && !add_many_headers(*many, response)) return std::nullopt;
  if (answer.contains("cookies") && !add_cookies(answer["cookies"], response)) return std::nullopt;
  const bool typed = std::any_of(response.fields.begin(), response.fields.end(),
                                 [](const Field& field) { return to_lower(field.name) == "content-type"; });
  if (!typed) response.fields.push_back({"Content-Type", "text/plain;charset=UTF-8"});
  const auto body = answer.find("body");
  if (body == answer.end() || body->is_null()) return response;
  response.body = body->is_string() ? body->get<std::string>() : print_json(*body);
  if (answer.value("isBase64Encoded", Json(false)) == Json(true)) {
    auto bytes = from_base64(response.body);
    if (!bytes) return std::nullopt;
    response.body = *std::move(bytes);
  }
  return response;
}

}  // namespace stepd::api
