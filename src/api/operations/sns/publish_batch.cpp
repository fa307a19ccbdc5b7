// PublishBatch (SNS API reference): up to ten messages, each published or refused by itself.
#include "api/aws/sns_message.h"
#include "base/mutex.h"
#include "engine/run/uuid.h"

#include <algorithm>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>

namespace stepd::api {
namespace {

constexpr std::size_t kEntriesMax = 10;
constexpr std::size_t kIdCharsMax = 80;

/// Collects what becomes of the entries, and answers once it is known of all.
struct Batch {
  Mutex mutex;
  std::vector<Json> successful STEPD_GUARDED_BY(mutex);
  std::vector<Json> failed STEPD_GUARDED_BY(mutex);
  std::size_t left STEPD_GUARDED_BY(mutex) = 0;
  Answered answered;

  void settle(const std::string& id, Checked<sns::Published> published) {
    MutexLock lock(mutex);
    if (published.has_value()) {
      Json entry{{"Id", id}, {"MessageId", published->message_id}};
      if (!published->sequence_number.empty()) entry["SequenceNumber"] = published->sequence_number;
      successful.push_back(std::move(entry));
    } else {
      const auto& error = published.error();
      failed.push_back(
          Json{{"Id", id}, {"Code", error.type}, {"Message", error.message}, {"SenderFault", error.status < 500}});
    }
    if (--left > 0) return;
    Json answer{{"Successful", {{"member", successful}}}, {"Failed", {{"member", failed}}}};
    lock.unlock();
    answered(std::move(answer));
  }
};

std::optional<ApiError> check_ids(const std::vector<Json>& entries) {
  std::set<std::string> ids;
  for (const Json& entry : entries) {
    const auto id = sns::text_in(entry, "Id");
    const auto fits = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
    };
    if (id.size() > kIdCharsMax) {
      return ApiError("InvalidBatchEntryId", "The Id of a batch entry in the batch request is too long: " + id);
    }
    if (id.empty() || !std::all_of(id.begin(), id.end(), fits)) {
      return ApiError("InvalidBatchEntryId",
                      "The Id of a batch entry in the batch request contains an impermissible character: " + id);
    }
    if (!ids.insert(id).second) {
      return ApiError("BatchEntryIdsNotDistinct", "Two or more batch entries in the request have the same Id.");
    }
  }
  return std::nullopt;
}

void run_it(const Json& arguments, const Backend& backend, Answered answered) {
  const auto& doors = doors_of(backend);
  const auto topic = sns::topic_of_arn(sns::text_in(arguments, "TopicArn"), doors);
  if (!topic.has_value()) return answered(topic.error());
  const auto entries = sns::list_in(arguments, "PublishBatchRequestEntries");
  if (entries.empty()) {
    return answered(ApiError("EmptyBatchRequest", "The batch request doesn't contain any entries."));
  }
  if (entries.size() > kEntriesMax) {
    return answered(
        ApiError("TooManyEntriesInBatchRequest", "The batch request contains more entries than permissible."));
  }
  if (auto fault = check_ids(entries)) return answered(*std::move(fault));

  std::vector<Checked<sns::Message>> messages;
  std::size_t bytes = 0;
  for (const Json& entry : entries) {
    messages.push_back(sns::read_message(entry, **topic, doors));
    const auto& message = messages.back();
    if (message.has_value()) bytes += message->bytes;
    if (!message.has_value() && sns::fails_batch(message.error())) return answered(message.error());
  }
  if (bytes > sns::kMessageBytesMax) {
    return answered(
        ApiError("BatchRequestTooLong", "The length of all the messages put together is more than the limit."));
  }

  const auto batch = std::make_shared<Batch>();
  batch->answered = std::move(answered);
  {
    const MutexLock lock(batch->mutex);
    batch->left = entries.size();
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto id = sns::text_in(entries[i], "Id");
    if (!messages[i].has_value()) {
      batch->settle(id, messages[i].error());
      continue;
    }
    sns::publish(std::move(*messages[i]), **topic, run::make_uuid(), backend,
                 [batch, id](Checked<sns::Published> published) { batch->settle(id, std::move(published)); });
  }
}

}  // namespace

extern const Operation sns_publish_batch;
const Operation sns_publish_batch{"PublishBatch", run_it};

}  // namespace stepd::api
