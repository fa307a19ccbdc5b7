// Functions as receivers: what a topic tells a function (Lambda developer guide: Using Lambda with SNS), and calls that
// nobody waits for.
#include "base/digest.h"
#include "base/encoding.h"
#include "base/lineage_member.h"
#include "base/payload.h"
#include "tasks/notify/post.h"

#include <nlohmann/json.hpp>

namespace stepd::tasks {
namespace {

std::string sns_event(const Topic& topic, const Subscriber& subscriber, const std::string& record, Lineage& cause) {
  auto parsed = parse_json(record);
  if (!parsed || !parsed->is_object()) return {};
  cause = take_lineage(*parsed);
  Json sns{{"Type", "Notification"},
           {"MessageId", parsed->value("messageId", "")},
           {"TopicArn", topic.arn},
           {"Subject", parsed->value("subject", Json())},
           {"Message", text_for(record, "lambda")},
           {"Timestamp", parsed->value("time", "")},
           {"SignatureVersion", "1"},
           {"Signature", ""},
           {"SigningCertUrl", ""},
           {"UnsubscribeUrl", ""},
           {"MessageAttributes", envelope_attributes(parsed->value("attributes", Json::object()))}};
  Json entry{{"EventSource", "aws:sns"},
             {"EventVersion", "1.0"},
             {"EventSubscriptionArn", topic.arn + ":" + subscriber.name},
             {"Sns", std::move(sns)}};
  return print_json(Json{{"Records", Json::array({std::move(entry)})}});
}

/// The same for each attempt, and another one for each subscriber: a UUID of version 8 (RFC 9562 §5.8).
std::string request_id_of(const std::string& destination, const std::string& message) {
  std::string bytes = sha256(destination + '\0' + message);
  bytes[6] = static_cast<char>((static_cast<unsigned char>(bytes[6]) & 0x0FU) | 0x80U);
  bytes[8] = static_cast<char>((static_cast<unsigned char>(bytes[8]) & 0x3FU) | 0x80U);
  return to_uuid(bytes);
}

class FunctionPost final : public Post {
 public:
  FunctionPost(const Topic& topic, const Subscriber& subscriber, FunctionCaller call)
      : topic_(topic), subscriber_(subscriber), call_(std::move(call)) {}

  void send(const std::string& id, const std::string& record, std::function<void(Verdict)> done) override {
    Lineage cause;
    auto event = sns_event(topic_, subscriber_, record, cause);
    if (event.empty()) return done({Verdict::Kind::Refused, "the message is not readable"});
    const auto& function = std::get<FunctionTarget>(subscriber_.target).function;
    call_({function, std::move(event), request_id_of(destination_of(topic_, subscriber_), id), "", "", cause.of_echo()},
          std::move(done));
  }

 private:
  const Topic& topic_;
  const Subscriber& subscriber_;
  const FunctionCaller call_;
};

class CallPost final : public Post {
 public:
  explicit CallPost(FunctionCaller call) : call_(std::move(call)) {}

  void send(const std::string& id, const std::string& body, std::function<void(Verdict)> done) override {
    auto parsed = parse_json(body);
    if (!parsed || !parsed->is_object()) return done({Verdict::Kind::Refused, "the call is not readable"});
    call_({parsed->value("function", ""), parsed->value("payload", ""), id, parsed->value("qualifier", ""),
           parsed->value("clientContext", ""), take_lineage(*parsed)},
          std::move(done));
  }

 private:
  const FunctionCaller call_;
};

}  // namespace

std::string destination_of_function(const std::string& function) { return "function/" + function; }

OutboxRecord record_of(const FunctionCall& call, const std::string& destination, Instant now) {
  Json body{{"function", call.function}, {"payload", call.payload}};
  if (!call.qualifier.empty()) body["qualifier"] = call.qualifier;
  if (!call.client_context.empty()) body["clientContext"] = call.client_context;
  if (call.lineage != Lineage()) add_lineage(body, call.lineage);
  return {call.request_id, destination, print_json(body), 0, now, now};
}

std::unique_ptr<Post> make_function_post(const Topic& topic, const Subscriber& subscriber, FunctionCaller call) {
  return std::make_unique<FunctionPost>(topic, subscriber, std::move(call));
}

std::unique_ptr<Post> make_call_post(FunctionCaller call) { return std::make_unique<CallPost>(std::move(call)); }

}  // namespace stepd::tasks
