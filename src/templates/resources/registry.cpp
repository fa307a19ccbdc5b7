// The list of all types.
#include "templates/resources/resources.h"

#include <algorithm>
#include <array>

namespace stepd::templates {
namespace {

struct Served {
  std::string_view type;
  Add* add;
};

constexpr std::array kServed{
    Served{"AWS::Serverless::Function", add_function},
    Served{"AWS::Serverless::StateMachine", add_state_machine},
    Served{"AWS::Serverless::Api", add_api},
    Served{"AWS::Serverless::HttpApi", add_http_api},
    Served{"AWS::Serverless::SimpleTable", add_simple_table},
    Served{"AWS::Serverless::LayerVersion", add_layer},
    Served{"AWS::Serverless::Application", add_nested},
    Served{"AWS::Serverless::Connector", add_aside},
    Served{"AWS::CloudFormation::Stack", add_nested},
    Served{"AWS::StepFunctions::StateMachine", add_state_machine},
    Served{"AWS::StepFunctions::Activity", add_activity},
    Served{"AWS::StepFunctions::StateMachineVersion", add_nothing},
    Served{"AWS::StepFunctions::StateMachineAlias", add_nothing},
    Served{"AWS::Lambda::Function", add_lambda},
    Served{"AWS::Lambda::LayerVersion", add_layer},
    Served{"AWS::Lambda::Version", add_nothing},
    Served{"AWS::Lambda::Alias", add_nothing},
    Served{"AWS::Lambda::Permission", add_aside},
    Served{"AWS::Lambda::LayerVersionPermission", add_aside},
    Served{"AWS::S3::Bucket", add_bucket},
    Served{"AWS::S3::BucketPolicy", add_aside},
    Served{"Custom::S3BucketNotifications", add_cdk_notifications},
    Served{"Custom::S3AutoDeleteObjects", add_nothing},
    Served{"AWS::CDK::Metadata", add_nothing},
    Served{"AWS::DynamoDB::Table", add_table},
    Served{"AWS::SNS::Topic", add_topic},
    Served{"AWS::SNS::Subscription", add_subscription},
    Served{"AWS::SNS::TopicPolicy", add_aside},
    Served{"AWS::SQS::Queue", add_queue},
    Served{"AWS::SQS::QueuePolicy", add_aside},
    Served{"AWS::Events::Rule", add_rule},
    Served{"AWS::Events::EventBus", add_event_bus},
    Served{"AWS::Logs::LogGroup", add_nothing},
    Served{"AWS::SSM::Parameter", add_stored_parameter},
    Served{"AWS::SecretsManager::Secret", add_secret},
    Served{"AWS::ApiGateway::RestApi", add_rest_api},
    Served{"AWS::ApiGateway::Resource", add_api_path},
    Served{"AWS::ApiGateway::Method", add_api_method},
    Served{"AWS::ApiGateway::Stage", add_api_stage},
    Served{"AWS::ApiGateway::Deployment", add_api_stage},
    Served{"AWS::ApiGateway::Account", add_aside},
    Served{"AWS::ApiGateway::Model", add_aside},
    Served{"AWS::ApiGateway::RequestValidator", add_aside},
};

constexpr std::array<std::string_view, 7> kAsideFamilies{"AWS::IAM::",
                                                         "AWS::KMS::",
                                                         "AWS::XRay::",
                                                         "AWS::CloudWatch::",
                                                         "AWS::EC2::",
                                                         "AWS::ResourceGroups::",
                                                         "AWS::ApplicationInsights::"};

}  // namespace

Add* find_add(std::string_view type) {
  const auto found =
      std::find_if(kServed.begin(), kServed.end(), [&](const Served& each) { return each.type == type; });
  if (found != kServed.end()) return found->add;
  const bool aside = std::any_of(kAsideFamilies.begin(), kAsideFamilies.end(),
                                 [&](std::string_view family) { return type.starts_with(family); });
  return aside ? add_aside : nullptr;
}

}  // namespace stepd::templates
