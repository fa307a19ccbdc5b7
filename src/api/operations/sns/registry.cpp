// Amazon SNS: messages to the topics of the configuration (SNS API reference, version 2010-03-31).
#include "api/protocol/aws_service.h"
#include "base/limits.h"

#include <array>

namespace stepd::api {

extern const Operation sns_create_topic, sns_get_topic_attributes, sns_list_subscriptions_by_topic, sns_list_topics,
    sns_publish, sns_publish_batch;

namespace {

constexpr std::array kSnsOperations = {
    &sns_create_topic,                 //
    &sns_get_topic_attributes,         //
    &sns_list_subscriptions_by_topic,  //
    &sns_list_topics,                  //
    &sns_publish,                      //
    &sns_publish_batch,                //
};

}  // namespace

// 256 KB of messages are three times as much in a form at worst.
extern const AwsService sns_service;
const AwsService sns_service{
    .name = ServiceName::Sns,
    .title = "Amazon SNS",
    .protocol = query_protocol,
    .version = "2010-03-31",
    .xml_namespace = "http://sns.amazonaws.com/doc/2010-03-31/",
    .body_bytes_max = limits::kRequestBytes,
    .operations = kSnsOperations,
    .advice = "Topics and their subscribers are configured under topics:.",
};

}  // namespace stepd::api
