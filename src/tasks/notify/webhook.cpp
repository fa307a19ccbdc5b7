// Tells a subscriber over HTTP, in the envelope and with the header fields of SNS (SNS developer guide: HTTP/HTTPS
// notification JSON format), but without a signature. The address is the configuration's, whatever a message says.
#include "base/long_integer.h"
#include "base/payload.h"
#include "tasks/notify/post.h"

#include <nlohmann/json.hpp>

namespace stepd::tasks {
namespace {

constexpr int kRequestTimeout = 408;
constexpr int kTooManyRequests = 429;

}  // namespace

Json envelope_attributes(const Json& attributes) {
  Json shown = Json::object();
  for (const auto& [name, attribute] : attributes.items()) {
    if (!attribute.is_object()) {
      shown[name] = {{"Type", as_double(attribute) ? "Number" : "String"},
                     {"Value", attribute.is_string() ? attribute.get<std::string>() : print_json(attribute)}};
      continue;
    }
    const auto value =
        attribute.contains("StringValue") ? attribute.at("StringValue") : attribute.value("BinaryValue", Json());
    shown[name] = {{"Type", attribute.value("DataType", "String")},
                   {"Value", value.is_string() ? value : Json(print_json(value))}};
  }
  return shown;
}

namespace {

std::string envelope(const Topic& topic, const Json& message, const std::string& text) {
  Json body{{"Type", "Notification"}, {"MessageId", message.at("messageId")}, {"TopicArn", topic.arn}};
  if (message.contains("subject")) body["Subject"] = message.at("subject");
  body["Message"] = text;
  body["Timestamp"] = message.at("time");
  // Readers with a model of the envelope want these. Nothing is signed.
  body["SignatureVersion"] = "1";
  for (const char* name : {"Signature", "SigningCertURL", "UnsubscribeURL"}) body[name] = "";
  if (message.contains("attributes")) body["MessageAttributes"] = envelope_attributes(message.at("attributes"));
  return print_json(body);
}

Verdict judge(const Result<HttpResponse>& response) {
  if (!response) {
    const bool stopped = response.error().name == "Http.Cancelled";
    // An answer that is too large is an answer: what it says matters to nobody.
    if (response.error().name == "Http.TooLarge") return {Verdict::Kind::Refused, response.error().cause};
    return {stopped ? Verdict::Kind::Stopped : Verdict::Kind::Again, response.error().cause};
  }
  const int status = response->status;
  if (status >= 200 && status < 300) return {};
  // As SNS does: what the receiver blames on the request is not sent again.
  const bool refused = status >= 400 && status < 500 && status != kRequestTimeout && status != kTooManyRequests;
  return {refused ? Verdict::Kind::Refused : Verdict::Kind::Again, "it answered with status " + std::to_string(status)};
}

class WebhookPost final : public Post {
 public:
  WebhookPost(const Topic& topic, const Subscriber& subscriber, std::shared_ptr<HttpClient> http)
      : topic_(topic),
        subscriber_(subscriber),
        webhook_(std::get<Webhook>(subscriber.target)),
        http_(std::move(http)) {}

  void send(const std::string& id, const std::string& record, std::function<void(Verdict)> done) override {
    const auto message = parse_json(record);
    if (!message) return done({Verdict::Kind::Refused, "the message is not readable"});
    HttpRequest request;
    request.url = webhook_.url;
    request.timeout = subscriber_.persistence.timeout;
    const auto text = text_for(record, webhook_.url.starts_with("https") ? "https" : "http");
    request.body = webhook_.raw ? text : envelope(topic_, *message, text);
    request.fields = {{"Content-Type", "text/plain; charset=UTF-8"},
                      {"User-Agent", "stepd/" STEPD_VERSION},
                      {"x-amz-sns-message-type", "Notification"},
                      {"x-amz-sns-message-id", id},
                      {"x-amz-sns-topic-arn", topic_.arn},
                      {"x-amz-sns-subscription-arn", topic_.arn + ":" + subscriber_.name}};
    if (webhook_.raw) request.fields.emplace_back("x-amz-sns-rawdelivery", "true");
    if (webhook_.authorization.is_given()) {
      const auto secret = webhook_.authorization.read();
      if (!secret) return done({Verdict::Kind::Again, secret.error().cause});
      request.fields.emplace_back("Authorization", *secret);
    }
    http_->send(topic_.name + "/" + subscriber_.name + "/" + id, std::move(request),
                [done = std::move(done)](const Result<HttpResponse>& response) { done(judge(response)); });
  }

 private:
  const Topic& topic_;
  const Subscriber& subscriber_;
  const Webhook& webhook_;
  const std::shared_ptr<HttpClient> http_;
};

}  // namespace

std::unique_ptr<Post> make_webhook_post(const Topic& topic, const Subscriber& subscriber,
                                        std::shared_ptr<HttpClient> http) {
  return std::make_unique<WebhookPost>(topic, subscriber, std::move(http));
}

}  // namespace stepd::tasks
