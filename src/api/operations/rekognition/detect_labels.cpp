// DetectLabels (Rekognition API reference), by the integration aws-sdk:rekognition:detectLabels and thus image.labels.
#include "api/operations/operation.h"
#include "engine/run/uuid.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

constexpr double kMinConfidenceDefault = 55;

ApiError to_rekognition_error(const AslError& error) {
  constexpr std::string_view kPrefix = "Rekognition.";
  if (error.name.starts_with(kPrefix)) {
    // Without what the SDK for Java puts behind it.
    return {error.name.substr(kPrefix.size()), error.cause.substr(0, error.cause.find(" (Service: "))};
  }
  if (error.name == "Image.NoLabelModel") return {"NotImplementedException", error.cause, 501};
  if (error.name == "States.Runtime") return {"InvalidParameterException", error.cause};
  if (error.name == "Handler.Busy") return {"ThrottlingException", error.cause};
  return {"InternalServerError", error.cause, 500};
}

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  Json parameters = arguments;
  if (!parameters.contains("MinConfidence")) parameters["MinConfidence"] = kMinConfidenceDefault;
  backend.gateway.call_service(
      {"aws-sdk:rekognition", "detectLabels", Payload(parameters), "detect-" + run::make_uuid()},
      [answered](const run::Answer<run::CalledService>& called) {
        if (!called) return answered(ApiError("ServiceUnavailableException", called.error().message, 503));
        if (!called->answer) return answered(to_rekognition_error(called->answer.error()));
        answered(called->answer->json());
      });
}

}  // namespace

extern const Operation rekognition_detect_labels;
const Operation rekognition_detect_labels{"DetectLabels", run_it};

}  // namespace stepd::api
