// A message to a topic as SNS's Publish and PublishBatch give it, with SNS's checks and its words for what is wrong
// (SNS API reference: Publish, PublishBatch, MessageAttributeValue).
#pragma once

#include "api/aws/aws_doors.h"
#include "api/operations/operation.h"
#include "api/protocol/api_error.h"
#include "base/json.h"

#include <cstddef>
#include <functional>
#include <string>

namespace stepd::api {

namespace sns {

inline constexpr std::size_t kMessageBytesMax = 262'144;  // with attributes; of a batch, in sum
inline constexpr std::size_t kSubjectCharsMax = 100;
inline constexpr std::size_t kAttributeNameMax = 256;
inline constexpr std::size_t kDeduplicationIdMax = 128;

struct Message {
  std::string text;
  Payload parameters;  ///< of the integration sns:publish
  std::string group;
  std::string deduplication_id;  ///< empty: of a topic that is no FIFO topic
  std::size_t bytes = 0;         ///< of text and attributes
};

struct Published {
  std::string message_id;
  std::string sequence_number;  ///< of FIFO topics
};

/// A text member of a form; empty if it is absent.
std::string text_in(const Json& arguments, const char* name);
/// The elements of a list of a form; none if it is absent or empty.
std::vector<Json> list_in(const Json& arguments, const char* name);

/// The topic that `TopicArn`, or else `TargetArn`, names.
Checked<const AwsTopic*> find_topic(const Json& arguments, const AwsDoors& doors);
/// An ARN of a topic as such.
Checked<const AwsTopic*> topic_of_arn(const std::string& arn, const AwsDoors& doors);

/// Reads the members that Publish and an entry of PublishBatch share.
Checked<Message> read_message(const Json& arguments, const AwsTopic& topic, const AwsDoors& doors);

/// Whether an error of read_message() fails a whole batch.
bool fails_batch(const ApiError& error);

/// Publishes, durably once `done` is called; `request_id` makes the message one that is published once.
void publish(Message message, const AwsTopic& topic, const std::string& request_id, const Backend& backend,
             std::function<void(Checked<Published>)> done);

}  // namespace sns

}  // namespace stepd::api
