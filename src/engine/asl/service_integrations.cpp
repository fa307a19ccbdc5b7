#include "engine/asl/service_integrations.h"

#include <algorithm>
#include <array>

namespace stepd::asl {
namespace {

using CallPattern = Resource::Pattern;

/// Patterns besides request and response.
enum Patterns : unsigned { kNone = 0, kSync = 1, kToken = 2, kSync2 = 4 };

struct Integration {
  std::string_view service;
  std::string_view action;
  unsigned patterns;
};

constexpr std::array kIntegrations{
    Integration{"apigateway", "invoke", kToken},
    Integration{"athena", "getQueryExecution", kNone},
    Integration{"athena", "getQueryResults", kNone},
    Integration{"athena", "startQueryExecution", kSync},
    Integration{"athena", "stopQueryExecution", kNone},
    Integration{"batch", "submitJob", kSync | kToken},
    Integration{"bedrock", "createModelCustomizationJob", kSync},
    Integration{"bedrock", "invokeModel", kToken},
    Integration{"bedrock-agentcore", "invokeHarness", kNone},
    Integration{"codebuild", "batchDeleteBuilds", kNone},
    Integration{"codebuild", "batchGetReports", kNone},
    Integration{"codebuild", "deleteBuildBatch", kNone},
    Integration{"codebuild", "retryBuildBatch", kSync},
    Integration{"codebuild", "startBuild", kSync},
    Integration{"codebuild", "startBuildBatch", kSync},
    Integration{"codebuild", "stopBuild", kNone},
    Integration{"codebuild", "stopBuildBatch", kNone},
    Integration{"databrew", "startJobRun", kSync},
    Integration{"dynamodb", "deleteItem", kNone},
    Integration{"dynamodb", "getItem", kNone},
    Integration{"dynamodb", "putItem", kNone},
    Integration{"dynamodb", "updateItem", kNone},
    Integration{"ecs", "runTask", kSync | kToken},
    Integration{"eks", "call", kToken},
    Integration{"eks", "createCluster", kSync | kToken},
    Integration{"eks", "createFargateProfile", kSync | kToken},
    Integration{"eks", "createNodegroup", kSync | kToken},
    Integration{"eks", "deleteCluster", kSync | kToken},
    Integration{"eks", "deleteFargateProfile", kSync | kToken},
    Integration{"eks", "deleteNodegroup", kSync | kToken},
    Integration{"eks", "runJob", kSync | kToken},
    Integration{"elasticmapreduce", "addStep", kSync},
    Integration{"elasticmapreduce", "cancelStep", kNone},
    Integration{"elasticmapreduce", "createCluster", kSync},
    Integration{"elasticmapreduce", "modifyInstanceFleetByName", kNone},
    Integration{"elasticmapreduce", "modifyInstanceGroupByName", kNone},
    Integration{"elasticmapreduce", "setClusterTerminationProtection", kNone},
    Integration{"elasticmapreduce", "terminateCluster", kSync},
    Integration{"emr-containers", "createVirtualCluster", kNone},
    Integration{"emr-containers", "deleteVirtualCluster", kSync},
    Integration{"emr-containers", "startJobRun", kSync},
    Integration{"emr-serverless", "cancelJobRun", kSync},
    Integration{"emr-serverless", "createApplication", kSync},
    Integration{"emr-serverless", "deleteApplication", kSync},
    Integration{"emr-serverless", "startApplication", kSync},
    Integration{"emr-serverless", "startJobRun", kSync},
    Integration{"emr-serverless", "stopApplication", kSync},
    Integration{"events", "putEvents", kToken},
    Integration{"glue", "startJobRun", kSync},
    Integration{"http", "invoke", kNone},
    Integration{"lambda", "invoke", kToken},
    Integration{"mediaconvert", "createJob", kSync},
    Integration{"sagemaker", "createEndpoint", kNone},
    Integration{"sagemaker", "createEndpointConfig", kNone},
    Integration{"sagemaker", "createHyperParameterTuningJob", kSync},
    Integration{"sagemaker", "createLabelingJob", kSync},
    Integration{"sagemaker", "createModel", kNone},
    Integration{"sagemaker", "createProcessingJob", kSync},
    Integration{"sagemaker", "createTrainingJob", kSync},
    Integration{"sagemaker", "createTransformJob", kSync},
    Integration{"sagemaker", "updateEndpoint", kNone},
    Integration{"sns", "publish", kToken},
    Integration{"sqs", "sendMessage", kToken},
    Integration{"states", "startExecution", kSync | kSync2 | kToken},
};

bool allows(unsigned patterns, CallPattern pattern) {
  switch (pattern) {
    case CallPattern::RequestResponse:
      return true;
    case CallPattern::Sync:
      return (patterns & kSync) != 0;
    case CallPattern::Sync2:
      return (patterns & kSync2) != 0;
    case CallPattern::WaitForTaskToken:
      return (patterns & kToken) != 0;
  }
  return false;
}

/// `aws-sdk:s3:getObject`: any service of the SDK, whose names are lower case, and its operations in camel case.
bool is_sdk_call(std::string_view service, std::string_view action, CallPattern pattern) {
  const auto all = [](std::string_view text, auto fits) {
    return !text.empty() && std::all_of(text.begin(), text.end(), fits);
  };
  const auto lower = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); };
  const auto letter = [&](char c) { return lower(c) || (c >= 'A' && c <= 'Z'); };
  return all(service, lower) && all(action, letter) && lower(action.front()) &&
         (pattern == CallPattern::RequestResponse || pattern == CallPattern::WaitForTaskToken);
}

}  // namespace

bool is_known_integration(std::string_view service, std::string_view action, CallPattern pattern) {
  constexpr std::string_view kSdk = "aws-sdk:";
  if (service.starts_with(kSdk)) return is_sdk_call(service.substr(kSdk.size()), action, pattern);
  return std::any_of(kIntegrations.begin(), kIntegrations.end(), [&](const Integration& each) {
    return each.service == service && each.action == action && allows(each.patterns, pattern);
  });
}

}  // namespace stepd::asl
