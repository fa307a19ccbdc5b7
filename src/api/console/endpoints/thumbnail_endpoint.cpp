// GET thumbnails/{bucket}/{key...}?etag&w: a small copy of a picture, and what the picture is, in header fields. What
// cannot be shown is 422 with the decoder's named error.
#include "api/console/endpoints/endpoint.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

std::uint32_t width_of(const Request& request) {
  const auto asked = read_count(request, "w", 320, 640);
  return asked <= 160 ? 160 : asked <= 320 ? 320 : 640;
}

Response refusal_of(const AslError& error) {
  const int status = error.name == "Object.NotFound" || error.name == "Object.NoSuchBucket" ? 404
                     : error.name == "Handler.Busy"                                         ? 503
                                                                                            : 422;
  auto response = json_response(status, Json{{"error", error.name}, {"cause", beginning(error.cause, 500)}});
  response.fields.push_back({"Cache-Control", "no-store"});
  return response;
}

Response picture_of(const Thumbnail& thumbnail) {
  Response response;
  response.body = thumbnail.bytes;
  response.fields = {{"Content-Type", thumbnail.media_type},
                     {"Cache-Control", "private, max-age=31536000, immutable"},
                     {"Content-Security-Policy", "default-src 'none'; sandbox"},
                     {"Cross-Origin-Resource-Policy", "same-origin"},
                     {"X-Source-Width", std::to_string(thumbnail.source_width)},
                     {"X-Source-Height", std::to_string(thumbnail.source_height)},
                     {"X-Source-Format", thumbnail.source_format}};
  return response;
}

void wait(const Request& request, const ConsoleContext& context, const Reply& reply) {
  ThumbnailRequest wanted;
  wanted.object = {request.captures.at("bucket"), request.captures.at("key")};
  wanted.etag = request.parameter("etag").value_or("");
  wanted.width = width_of(request);
  context.sources.thumbnails.find(std::move(wanted), [reply](Result<Thumbnail> found) {
    reply(found.has_value() ? picture_of(*found) : refusal_of(found.error()));
  });
}

}  // namespace

extern const Endpoint console_thumbnail;
const Endpoint console_thumbnail{"GET", "thumbnails/{bucket}/{key...}", nullptr, wait};

}  // namespace stepd::api
