#include "api/routes/front_page.h"

#include "base/payload.h"

#include <nlohmann/json.hpp>
#include <string>

namespace stepd::api {
namespace {

constexpr auto kFrontDescription = R"({
  "summary": "What this is: a page for a browser, JSON for who asks for it, else a line that says that all is well",
  "responses": {"303": {"description": "A browser is led to the console, where there is one"}, "200": {"description": "By the Accept field", "content": {
    "text/html": {"schema": {"type": "string"}},
    "text/plain": {"schema": {"type": "string"}, "example": "healthy: 127.0.0.1:8083 "},
    "application/json": {"example": {"name": "stepd", "version": "0.1.0", "health": "/health", "openapi": "/openapi.json"}}}}}
})";

constexpr std::string_view kStyle =
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:3rem auto;padding:0 1rem;color:#222}"
    "code{font-family:ui-monospace,monospace;background:#f3f3f3;padding:.1em .3em}"
    "td{padding:.15rem 1rem .15rem 0;vertical-align:top}";

std::string escaped(std::string_view text) {
  std::string html;
  for (const char c : text) {
    switch (c) {
      case '&':
        html += "&amp;";
        break;
      case '<':
        html += "&lt;";
        break;
      case '>':
        html += "&gt;";
        break;
      case '"':
        html += "&quot;";
        break;
      default:
        html += c;
    }
  }
  return html;
}

std::string summary_of(const Route& route) {
  const auto description = parse_json(route.description);
  if (!description || !description->is_object()) return {};
  const auto found = description->find("summary");
  return found != description->end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::string page(const Router& router) {
  std::string rows;
  for (const Route* route : router.routes()) {
    rows += "<tr><td><code>" + escaped(route->method + " " + route->pattern) + "</code></td><td>" +
            escaped(summary_of(*route)) + "</td></tr>\n";
  }
  return "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>stepd</title>\n<style>" +
         std::string(kStyle) +
         "</style></head><body>\n<h1>stepd " STEPD_VERSION
         "</h1>\n<p>This is stepd, which runs Amazon States Language workflows on this machine. It speaks the API of "
         "AWS "
         "Step Functions at this address: give it to an AWS client as its endpoint, as in</p>\n"
         "<p><code>aws stepfunctions list-state-machines --endpoint-url <i>this address</i></code></p>\n"
         "<p><a href=\"/health\">/health</a> tells whether it works, <a href=\"/openapi.json\">/openapi.json</a> "
         "describes every route for programs.</p>\n<h2>Routes</h2>\n<table>\n" +
         rows + "</table>\n</body></html>\n";
}

bool accepts(const Request& request, std::string_view type) {
  return request.field("accept").find(type) != std::string_view::npos;
}

Response respond(const char* type, const std::string& body) {
  Response response;
  response.fields = {{"Content-Type", type},
                     {"Vary", "Accept"},
                     {"Content-Security-Policy",
                      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; "
                      "frame-ancestors 'none'"}};
  response.body = body;
  return response;
}

Response lead_to_console() {
  Response response;
  response.status = 303;
  response.fields = {{"Location", "/console/"}, {"Vary", "Accept"}};
  return response;
}

}  // namespace

Route front_page_route(const Router& router, Front front) {
  Route route;
  route.method = "GET";
  route.pattern = "/";
  route.description = kFrontDescription;
  const Json known{{"name", "stepd"}, {"version", STEPD_VERSION}, {"health", "/health"}, {"openapi", "/openapi.json"}};
  const bool leads = front == Front::Console;
  route.handle = [leads, html = page(router), json = print_json(known)](const Request& request, const Reply& reply,
                                                                        Workers&) {
    if (accepts(request, "text/html")) {
      return reply(leads ? lead_to_console() : respond("text/html; charset=utf-8", html));
    }
    if (accepts(request, "application/json")) return reply(respond("application/json", json));
    // As DynamoDB answers: programs ask so whether it is there.
    reply(respond("text/plain", "healthy: " + std::string(request.field("host")) + " "));
  };
  return route;
}

}  // namespace stepd::api
