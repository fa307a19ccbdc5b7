#include "api/console/console_pages.h"

#include "api/console/console_assets.h"
#include "base/encoding.h"

#include <zlib.h>
#include <algorithm>
#include <stdexcept>

namespace stepd::api {
namespace {

// No inline script or style, nothing from elsewhere, and text never becomes markup (docs/console.md). The two policies
// by name are for the address of the stream's shared worker.
constexpr const char* kPolicy =
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; "
    "worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; "
    "require-trusted-types-for 'script'; trusted-types stepd-worker";

const ConsoleAsset* find_asset(std::string_view name) {
  const auto assets = console_assets();
  const auto found = std::find_if(assets.begin(), assets.end(), [&](const auto& asset) { return asset.name == name; });
  return found == assets.end() ? nullptr : &*found;
}

/// A `q=0` is not looked for: no browser sends it for gzip.
bool takes_gzip(const Request& request) {
  return request.field("accept-encoding").find("gzip") != std::string_view::npos;
}

std::string inflate_asset(std::string_view bytes) {
  z_stream stream{};
  if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK) throw std::runtime_error("zlib cannot begin");
  // zlib's interface has no const.
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  std::string text;
  char piece[32 * 1024];
  int state = Z_OK;
  while (state == Z_OK) {
    stream.next_out = reinterpret_cast<Bytef*>(piece);
    stream.avail_out = sizeof piece;
    state = inflate(&stream, Z_NO_FLUSH);
    text.append(piece, sizeof piece - stream.avail_out);
  }
  inflateEnd(&stream);
  if (state != Z_STREAM_END) throw std::runtime_error("a file of the console is damaged");
  return text;
}

Response not_found(std::string_view what) {
  return error_response(404, "the console has no file " + std::string(what));
}

/// A tag is strong, so each encoding has one of its own.
Response serve_asset(const Request& request, const ConsoleAsset& asset, std::string_view cache) {
  const bool packed = asset.gzip && takes_gzip(request);
  const auto tag = "\"" + std::string(console_digest()) + (packed ? "-gz\"" : "\"");
  Response response;
  response.fields = {{"Content-Type", std::string(asset.media_type)},
                     {"Cache-Control", std::string(cache)},
                     {"ETag", tag},
                     {"Vary", "Accept-Encoding"},
                     {"Content-Security-Policy", kPolicy},
                     {"Cross-Origin-Resource-Policy", "same-origin"},
                     {"Referrer-Policy", "no-referrer"}};
  if (request.field("if-none-match").find(tag) != std::string_view::npos) {
    response.status = 304;
    return response;
  }
  if (packed) response.fields.push_back({"Content-Encoding", "gzip"});
  response.body = packed || !asset.gzip ? std::string(asset.bytes) : inflate_asset(asset.bytes);
  return response;
}

Route quick_route(const char* pattern, Response (*answer)(const Request&)) {
  Route route;
  route.method = "GET";
  route.pattern = pattern;
  route.handle = [answer](const Request& request, const Reply& reply, Workers&) { reply(answer(request)); };
  return route;
}

Response serve_page(const Request& request) {
  const auto* page = find_asset("index.html");
  return page == nullptr ? not_found("index.html") : serve_asset(request, *page, "no-cache");
}

/// For programs that read: where things are, as https://llmstxt.org proposes.
Response serve_index(const Request& request) {
  const auto* index = find_asset("llms.txt");
  return index == nullptr ? not_found("llms.txt") : serve_asset(request, *index, "no-cache");
}

Response serve_file(const Request& request) {
  const auto& name = request.captures.at("file");
  if (request.captures.at("digest") != console_digest()) return not_found(name);
  const auto* asset = find_asset(name);
  return asset == nullptr ? not_found(name) : serve_asset(request, *asset, "public, max-age=31536000, immutable");
}

}  // namespace

std::vector<Route> console_page_routes() {
  std::vector<Route> routes;
  routes.push_back(quick_route("/console", [](const Request&) {
    Response response;
    response.status = 308;
    response.fields.push_back({"Location", "/console/"});
    return response;
  }));
  routes.push_back(quick_route("/llms.txt", serve_index));
  routes.push_back(quick_route("/console/{page...}", serve_page));
  routes.push_back(quick_route("/console/files/{digest}/{file...}", serve_file));
  return routes;
}

}  // namespace stepd::api
