#include "daemon/config/workflows/topics_section.h"

#include "daemon/config/secret_place.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::daemon {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;

bool has_scheme(const std::string& url, const std::vector<std::string>& schemes) {
  const bool plain = std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < 0x7F; });
  return plain && std::any_of(schemes.begin(), schemes.end(), [&](const std::string& scheme) {
           return url.starts_with(scheme + "://") && url.size() > scheme.size() + 3;
         });
}

/// As much as a mail's header and the envelope need: one `@`, and nothing that ends a line or an address.
bool is_address(const std::string& text) {
  const bool plain = std::all_of(text.begin(), text.end(),
                                 [](char c) { return c > ' ' && c < 0x7F && c != '<' && c != '>' && c != ','; });
  const auto at = text.find('@');
  return plain && at != std::string::npos && at > 0 && at + 1 < text.size() &&
         text.find('@', at + 1) == std::string::npos;
}

tasks::Webhook read_webhook(Mapping& mapping) {
  tasks::Webhook webhook;
  webhook.url = mapping.text("webhook");
  if (!webhook.url.empty() && !has_scheme(webhook.url, {"http", "https"})) {
    mapping.fault("webhook", "expected an address that begins with http:// or https://");
  }
  webhook.authorization = read_secret(mapping, "authorization");
  webhook.raw = mapping.flag("raw", false);
  return webhook;
}

tasks::Mailbox read_mailbox(Mapping& mapping) {
  using Encryption = tasks::Mailbox::Encryption;
  tasks::Mailbox mailbox;
  mailbox.to = mapping.texts("email");
  mailbox.from = mapping.text("from");
  for (const auto& to : mailbox.to) {
    if (!is_address(to)) mapping.fault("email", "'" + to + "' is no address such as name@example.org");
  }
  if (mailbox.to.empty()) mapping.fault("email", "expected a list of addresses");
  if (!mailbox.from.empty() && !is_address(mailbox.from)) {
    mapping.fault("from", "'" + mailbox.from + "' is no address such as name@example.org");
  }
  mailbox.server = mapping.text("server");
  if (!mailbox.server.empty() && !has_scheme(mailbox.server, {"smtp", "smtps"})) {
    mapping.fault("server", "expected smtp://HOST:PORT or smtps://HOST:PORT");
  }
  static constexpr Encryption kEncryptions[] = {Encryption::Required, Encryption::IfOffered, Encryption::None};
  mailbox.encryption = kEncryptions[mapping.choice("encryption", {"required", "if-offered", "none"})];
  mailbox.user = mapping.optional_text("user").value_or("");
  mailbox.password = read_secret(mapping, "password");
  mailbox.ca_file = mapping.path("ca_file").value_or("");
  if (mailbox.user.empty() == mailbox.password.is_given()) mapping.fault_here("user and password go together");
  return mailbox;
}

tasks::Subscriber read_subscriber(Mapping& mapping, const std::string& topic, const std::string& name) {
  tasks::Subscriber subscriber;
  subscriber.name = name;
  auto& persistence = subscriber.persistence;
  if (mapping.has("webhook")) {
    subscriber.target = read_webhook(mapping);
  } else if (mapping.has("function")) {
    subscriber.target = tasks::FunctionTarget{mapping.text("function")};
    // As Lambda does with what is called asynchronously.
    persistence = {.attempts = 3, .first_pause = milliseconds{60'000}, .longest_pause = milliseconds{120'000}};
  } else if (mapping.has("email")) {
    subscriber.target = read_mailbox(mapping);
  } else if (const auto file = mapping.path("file")) {
    subscriber.target = tasks::JsonLines{*file};
  } else {
    mapping.fault_here("a subscriber has one of webhook, email, function and file");
  }
  if (const Json* policy = mapping.object("filter", false)) {
    auto filter = tasks::FilterPolicy::compile(*policy);
    if (filter)
      subscriber.filter = *std::move(filter);
    else
      mapping.fault("filter", filter.error().cause);
  }
  constexpr std::uint64_t kAttemptsMax = 1000;
  persistence.attempts = static_cast<unsigned>(mapping.number("attempts", 1, kAttemptsMax, persistence.attempts));
  persistence.first_pause = mapping.duration("first_pause", milliseconds{1}, hours{1}, persistence.first_pause);
  persistence.longest_pause = mapping.duration("longest_pause", milliseconds{1}, hours{24}, persistence.longest_pause);
  if (!std::holds_alternative<tasks::FunctionTarget>(subscriber.target)) {
    persistence.timeout = mapping.duration("timeout", milliseconds{100}, hours{1}, persistence.timeout);
  }
  const auto dead = mapping.reading().places.data / "topics" / (topic + "." + name + ".dead.jsonl");
  subscriber.dead_letters = mapping.path("dead_letters").value_or(dead);
  return subscriber;
}

}  // namespace

std::vector<ConfiguredTopic> read_topics(Mapping& root, const triggers::Origin& origin) {
  std::vector<ConfiguredTopic> topics;
  root.each("topics", [&](const std::string& name, Mapping& mapping) {
    const auto folder = mapping.reading().places.data / "topics";
    ConfiguredTopic configured;
    auto& topic = configured.topic;
    topic.name = name;
    topic.arn = "arn:aws:sns:" + origin.region + ":" + origin.account + ":" + name;
    topic.file = mapping.path("file").value_or(folder / (name + ".jsonl"));
    topic.spool = folder / (name + ".spool");
    configured.function = mapping.optional_text("function");
    topic.content_based_deduplication = mapping.flag("content_based_deduplication", false);
    if (topic.content_based_deduplication && !name.ends_with(".fifo")) {
      mapping.fault("content_based_deduplication", "only topics whose names end in .fifo have it");
    }
    mapping.each("subscribers", [&](const std::string& subscriber, Mapping& section) {
      topic.subscribers.push_back(read_subscriber(section, name, subscriber));
      if (subscriber.find('/') != std::string::npos) section.fault_here("the name of a subscriber has no slash");
    });
    if (name.find('/') != std::string::npos) mapping.fault_here("the name of a topic has no slash");
    topics.push_back(std::move(configured));
  });
  return topics;
}

}  // namespace stepd::daemon
