#include "templates/resource_types.h"

#include "base/digest.h"
#include "base/encoding.h"

#include <algorithm>
#include <array>

namespace stepd::templates {
namespace {

constexpr std::string_view kFunctionArn = "arn:aws:lambda:{R}:{A}:function:{N}";
constexpr std::string_view kMachineArn = "arn:aws:states:{R}:{A}:stateMachine:{N}";
constexpr std::string_view kTableArn = "arn:aws:dynamodb:{R}:{A}:table/{N}";
constexpr std::string_view kStreamArn = "arn:aws:dynamodb:{R}:{A}:table/{N}/stream/2026-01-01T00:00:00.000";
constexpr std::string_view kTopicArn = "arn:aws:sns:{R}:{A}:{N}";
constexpr std::string_view kQueueUrl = "{E}/{A}/{N}";
constexpr std::string_view kLayerArn = "arn:aws:lambda:{R}:{A}:layer:{N}:1";
constexpr std::string_view kStackId = "arn:aws:cloudformation:{R}:{A}:stack/{N}/{I}";

const std::vector<ResourceType>& resource_types() {
  using Alphabet = ResourceType::Alphabet;
  static const std::vector<ResourceType> kTypes{
      {"AWS::Serverless::Function", "FunctionName", "{N}", {{"Arn", kFunctionArn}}},
      {"AWS::Lambda::Function", "FunctionName", "{N}", {{"Arn", kFunctionArn}}},
      {.type = "AWS::Serverless::StateMachine",
       .name_property = "Name",
       .ref = kMachineArn,
       .attributes = {{"Arn", kMachineArn}, {"Name", "{N}"}, {"StateMachineRevisionId", "INITIAL"}},
       .name_max = 80,
       .without_stack = true},
      {.type = "AWS::StepFunctions::StateMachine",
       .name_property = "StateMachineName",
       .ref = kMachineArn,
       .attributes = {{"Arn", kMachineArn}, {"Name", "{N}"}, {"StateMachineRevisionId", "INITIAL"}},
       .name_max = 80,
       .without_stack = true},
      {.type = "AWS::StepFunctions::Activity",
       .name_property = "Name",
       .ref = "arn:aws:states:{R}:{A}:activity:{N}",
       .attributes = {{"Arn", "arn:aws:states:{R}:{A}:activity:{N}"}, {"Name", "{N}"}},
       .name_max = 80},
      {.type = "AWS::S3::Bucket",
       .name_property = "BucketName",
       .ref = "{N}",
       .attributes = {{"Arn", "arn:aws:s3:::{N}"},
                      {"DomainName", "{N}.s3.amazonaws.com"},
                      {"RegionalDomainName", "{N}.s3.{R}.amazonaws.com"},
                      {"DualStackDomainName", "{N}.s3.dualstack.{R}.amazonaws.com"},
                      {"WebsiteURL", "http://{N}.s3-website-{R}.amazonaws.com"}},
       .name_max = 63,
       .alphabet = Alphabet::Lower},
      {"AWS::DynamoDB::Table", "TableName", "{N}", {{"Arn", kTableArn}, {"StreamArn", kStreamArn}}, 255},
      {"AWS::Serverless::SimpleTable", "TableName", "{N}", {{"Arn", kTableArn}, {"StreamArn", kStreamArn}}, 255},
      {"AWS::SNS::Topic", "TopicName", kTopicArn, {{"TopicArn", kTopicArn}, {"TopicName", "{N}"}}, 256},
      {.type = "AWS::SNS::Subscription",
       .name_property = "",
       .ref = "arn:aws:sns:{R}:{A}:{N}:{I}",
       .attributes = {{"Arn", "arn:aws:sns:{R}:{A}:{N}:{I}"}}},
      {.type = "AWS::SQS::Queue",
       .name_property = "QueueName",
       .ref = kQueueUrl,
       .attributes = {{"Arn", "arn:aws:sqs:{R}:{A}:{N}"}, {"QueueName", "{N}"}, {"QueueUrl", kQueueUrl}},
       .name_max = 80},
      {"AWS::Events::EventBus", "Name", "{N}", {{"Arn", "arn:aws:events:{R}:{A}:event-bus/{N}"}, {"Name", "{N}"}}, 256},
      {"AWS::Events::Rule", "Name", "{N}", {{"Arn", "arn:aws:events:{R}:{A}:rule/{N}"}}},
      {"AWS::Logs::LogGroup", "LogGroupName", "{N}", {{"Arn", "arn:aws:logs:{R}:{A}:log-group:{N}:*"}}, 512},
      {.type = "AWS::Serverless::LayerVersion",
       .name_property = "LayerName",
       .ref = kLayerArn,
       .attributes = {{"Arn", kLayerArn}, {"LayerVersionArn", kLayerArn}},
       .name_max = 140,
       .by_logical_id = true},
      {.type = "AWS::Lambda::LayerVersion",
       .name_property = "LayerName",
       .ref = kLayerArn,
       .attributes = {{"Arn", kLayerArn}, {"LayerVersionArn", kLayerArn}},
       .name_max = 140,
       .by_logical_id = true},
      {"AWS::Serverless::Api", "", "{I}", {{"RootResourceId", "root-{I}"}, {"RestApiId", "{I}"}}},
      {"AWS::ApiGateway::RestApi", "", "{I}", {{"RootResourceId", "root-{I}"}, {"RestApiId", "{I}"}}},
      {"AWS::Serverless::HttpApi",
       "",
       "{I}",
       {{"ApiId", "{I}"}, {"ApiEndpoint", "https://{I}.execute-api.{R}.amazonaws.com"}}},
      {"AWS::ApiGatewayV2::Api",
       "",
       "{I}",
       {{"ApiId", "{I}"}, {"ApiEndpoint", "https://{I}.execute-api.{R}.amazonaws.com"}}},
      {"AWS::ApiGateway::Resource", "", "{I}", {{"ResourceId", "{I}"}}},
      {"AWS::ApiGateway::Deployment", "", "{I}", {{"DeploymentId", "{I}"}}},
      {"AWS::ApiGateway::Stage", "StageName", "{N}", {}},
      {"AWS::ApiGatewayV2::Stage", "StageName", "{N}", {}},
      {.type = "AWS::IAM::Role",
       .name_property = "RoleName",
       .ref = "{N}",
       .attributes = {{"Arn", "arn:aws:iam::{A}:role/{N}"}, {"RoleId", "AROA{I}"}}},
      {.type = "AWS::IAM::ManagedPolicy",
       .name_property = "ManagedPolicyName",
       .ref = "arn:aws:iam::{A}:policy/{N}",
       .attributes = {},
       .open = true},
      {"AWS::KMS::Key", "", "{I}", {{"Arn", "arn:aws:kms:{R}:{A}:key/{I}"}, {"KeyId", "{I}"}}},
      {.type = "AWS::SSM::Parameter", .name_property = "Name", .ref = "{N}", .attributes = {{"Type", "String"}}},
      {.type = "AWS::SecretsManager::Secret",
       .name_property = "Name",
       .ref = "arn:aws:secretsmanager:{R}:{A}:secret:{N}",
       .attributes = {{"Id", "arn:aws:secretsmanager:{R}:{A}:secret:{N}"}}},
      {.type = "AWS::Serverless::Application", .name_property = "", .ref = kStackId, .attributes = {}},
      {.type = "AWS::CloudFormation::Stack", .name_property = "", .ref = kStackId, .attributes = {}},
  };
  return kTypes;
}

void replace_all(std::string& text, std::string_view what, std::string_view with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + with.size())) {
    text.replace(at, what.size(), with);
  }
}

}  // namespace

const ResourceType& resource_type(std::string_view type) {
  static const ResourceType kOther{.type = "", .name_property = "", .ref = "{N}", .attributes = {}, .open = true};
  const auto& types = resource_types();
  const auto found = std::find_if(types.begin(), types.end(), [&](const auto& each) { return each.type == type; });
  return found == types.end() ? kOther : *found;
}

std::string fill_pattern(std::string_view pattern, const Naming& naming, std::string_view name) {
  std::string text(pattern);
  replace_all(text, "{R}", naming.region);
  replace_all(text, "{A}", naming.account);
  replace_all(text, "{E}", naming.endpoint);
  const auto id = stable_id(naming.stack + "/" + std::string(name), 10, ResourceType::Alphabet::Lower);
  replace_all(text, "{I}", id);
  replace_all(text, "{N}", name);
  return text;
}

std::string made_name(const ResourceType& type, const Naming& naming, std::string_view logical_id) {
  if (type.by_logical_id) return std::string(logical_id);
  constexpr std::size_t kRandom = 12;
  const auto random = stable_id(naming.stack + "/" + std::string(logical_id), kRandom, type.alphabet);
  std::string name = (type.without_stack ? "" : naming.stack + "-") + std::string(logical_id);
  name.resize(std::min(name.size(), type.name_max - kRandom - 1));
  name += "-" + random;
  if (type.alphabet == ResourceType::Alphabet::Lower) {
    std::transform(name.begin(), name.end(), name.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
    if (name.front() == '-') name.erase(0, 1);
  }
  return name;
}

std::string stable_id(std::string_view seed, std::size_t count, ResourceType::Alphabet alphabet) {
  constexpr std::string_view kUpper = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  constexpr std::string_view kLower = "abcdefghijklmnopqrstuvwxyz0123456789";
  const auto& letters = alphabet == ResourceType::Alphabet::Lower ? kLower : kUpper;
  const std::string digest = sha256_of_parts({"template", seed});
  std::string id;
  for (std::size_t i = 0; i < count && i < digest.size(); ++i) {
    id += letters[static_cast<unsigned char>(digest[i]) % letters.size()];
  }
  return id;
}

std::string stable_uuid(std::string_view seed) {
  std::string bytes = sha256_of_parts({"stack", seed}).substr(0, 16);
  bytes[6] = static_cast<char>((bytes[6] & 0x0F) | 0x50);  // RFC 9562: version 5, made of a name
  bytes[8] = static_cast<char>((bytes[8] & 0x3F) | 0x80);
  return to_uuid(bytes);
}

}  // namespace stepd::templates
