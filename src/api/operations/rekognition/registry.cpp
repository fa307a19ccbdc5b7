// Amazon Rekognition, as far as image.labels can answer (Rekognition API reference).
#include "api/protocol/aws_service.h"

#include <array>

namespace stepd::api {

extern const Operation rekognition_detect_labels;

namespace {

constexpr std::array kRekognitionOperations = {
    &rekognition_detect_labels,  //
};

}  // namespace

// A picture of 5 MB as base64, and the rest of the request.
extern const AwsService rekognition_service;
const AwsService rekognition_service{
    .name = ServiceName::Rekognition,
    .title = "Amazon Rekognition",
    .target = "RekognitionService",
    .media_type = "application/x-amz-json-1.1",
    .body_bytes_max = 8'388'608,
    .operations = kRekognitionOperations,
    .advice = "Labels come from the network or the function that is configured under labels:.",
};

}  // namespace stepd::api
