// aws-sdk:rekognition:detectLabels: image.labels, for Image.S3Object and Image.Bytes; no Version, no image properties.
// Source: Rekognition API reference, DetectLabels.
#include "engine/run/uuid.h"
#include "services/integrations/handler_call.h"

#include <array>
#include <nlohmann/json.hpp>

namespace stepd::services::integrations {
namespace {

struct Fault {
  std::string_view ours;
  std::string_view name;     ///< the SDK's class
  std::string_view message;  ///< empty: ours
};

/// Of Image.Bytes, decoded.
constexpr std::size_t kBytesMax = 5'242'880;

constexpr std::string_view kNoObject =
    "Unable to get object metadata from S3. Check object key, region and/or access permissions.";
constexpr std::string_view kNoPicture = "Request has invalid image format";

constexpr std::array<Fault, 12> kFaults{{
    {"Object.NotFound", "InvalidS3ObjectException", kNoObject},
    {"Object.NoSuchBucket", "InvalidS3ObjectException", kNoObject},
    {"Object.AccessDenied", "InvalidS3ObjectException", kNoObject},
    {"Object.InvalidKey", "InvalidS3ObjectException", kNoObject},
    {"Image.UnsupportedType", "InvalidImageFormatException", kNoPicture},
    {"Image.Corrupt", "InvalidImageFormatException", kNoPicture},
    {"Image.Truncated", "InvalidImageFormatException", kNoPicture},
    {"Image.Empty", "InvalidImageFormatException", kNoPicture},
    {"Image.Polyglot", "InvalidImageFormatException", kNoPicture},
    {"Image.TooLarge", "ImageTooLargeException", ""},
    {"Image.TooManyPixels", "ImageTooLargeException", ""},
    {"Handler.InvalidArguments", "InvalidParameterException", ""},
}};

/// Those of stepd's own, such as that nothing here can tell labels, keep their names.
AslError shown(const AslError& error) {
  for (const auto& [ours, name, message] : kFaults) {
    if (ours != error.name) continue;
    return {"Rekognition." + std::string(name),
            (message.empty() ? error.cause : std::string(message)) +
                " (Service: Rekognition, Status Code: 400, Request ID: " + run::make_uuid() + ")"};
  }
  return error;
}

/// What AWS says of every label besides, which a network does not give.
Json shape(const Json& result) {
  Json members = result;
  for (auto& label : members["Labels"]) {
    for (const char* list : {"Aliases", "Categories", "Instances", "Parents"}) {
      if (!label.contains(list)) label[list] = Json::array();
    }
  }
  return members;
}

/// Of base64, as far as its length tells.
std::size_t decoded_size(std::string_view base64) {
  while (base64.ends_with('=')) base64.remove_suffix(1);
  return base64.size() * 3 / 4;
}

Result<HandlerCall> translate(tasks::Arguments& parameters) {
  static constexpr std::array<std::string_view, 1> kFeatures{"GENERAL_LABELS"};
  Json event = Json::object();
  parameters.object("Image", [&](tasks::Arguments& image) {
    const auto bytes = image.optional_text("Bytes");
    if (bytes && decoded_size(*bytes) > kBytesMax) event["tooLarge"] = true;
    if (bytes) {
      event["bytes"] = *bytes;
      return;
    }
    image.object("S3Object", [&](tasks::Arguments& object) {
      event["bucket"] = object.text("Bucket");
      event["key"] = object.text("Name");
    });
  });
  if (const Json* most = parameters.optional_any("MaxLabels")) event["maxLabels"] = *most;
  if (const Json* least = parameters.optional_any("MinConfidence")) event["minConfidence"] = *least;
  parameters.choices("Features", kFeatures);
  if (event.contains("tooLarge")) {
    return shown({"Image.TooLarge", "Image.Bytes has more than " + std::to_string(kBytesMax) + " bytes"});
  }
  return HandlerCall{"image.labels", Payload(std::move(event)), shape};
}

void start(const Workbench& bench, run::TaskCall call) {
  call_handler(bench, std::move(call), translate, {shown, [](Json members) { return Payload(std::move(members)); }});
}

}  // namespace

extern const Integration rekognition_detect_labels{"aws-sdk:rekognition:detectLabels", start};

}  // namespace stepd::services::integrations
