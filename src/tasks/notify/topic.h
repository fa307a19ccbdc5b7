// What a configuration says of a topic: where its messages are kept, who is told of them, and how hard that is tried.
// Only values: courier.h delivers.
#pragma once

#include "base/result.h"
#include "tasks/notify/filter.h"

#include <chrono>
#include <filesystem>
#include <string>
#include <variant>
#include <vector>

namespace stepd::tasks {

/// Where a secret is, never the secret: an environment variable or a file whose first line it is.
struct Secret {
  std::string environment;
  std::filesystem::path file;

  bool is_given() const { return !environment.empty() || !file.empty(); }
  /// Read anew each time, so that a changed file needs no restart. Error: `Notify.Failed`; its cause names the place.
  Result<std::string> read() const;
};

struct JsonLines {
  std::filesystem::path file;
};

struct Webhook {
  std::string url;       ///< http or https; nothing that a message says changes it, and no redirect is followed
  Secret authorization;  ///< the value of the header Authorization
  bool raw = false;      ///< the message alone instead of SNS's envelope
};

struct Mailbox {
  enum class Encryption : std::uint8_t { Required, IfOffered, None };  ///< of smtp: by STARTTLS; smtps always encrypts

  std::string server;  ///< `smtp://host:587` or `smtps://host:465`
  std::string from;
  std::vector<std::string> to;
  Encryption encryption = Encryption::Required;
  std::string user;  ///< empty: no authentication
  Secret password;
  std::filesystem::path ca_file;  ///< certificates to trust instead of the system's
};

/// A function of the configuration, called with SNS's event for Lambda.
struct FunctionTarget {
  std::string function;
};

struct Persistence {
  unsigned attempts = 10;
  std::chrono::milliseconds first_pause{1'000};
  std::chrono::milliseconds longest_pause{300'000};
  std::chrono::milliseconds timeout{15'000};  ///< of one attempt
};

struct Subscriber {
  std::string name;
  std::variant<JsonLines, Webhook, Mailbox, FunctionTarget> target;
  FilterPolicy filter;
  Persistence persistence;
  std::filesystem::path dead_letters;  ///< JSON lines: what could not be delivered
};

struct Topic {
  std::string name;
  std::filesystem::path file;  ///< JSON lines, one per message
  std::string arn;
  std::filesystem::path spool;  ///< where older releases kept what was not yet delivered, see spool_intake.h
  std::vector<Subscriber> subscribers;
  bool content_based_deduplication = false;  ///< of FIFO topics, whose names end in `.fifo`
};

/// Names the subscriber in the outbox.
std::string destination_of(const Topic& topic, const Subscriber& subscriber);

/// `attempts` have failed: the pause doubles each time up to the longest, less up to a fifth that depends on `seed`,
/// lest all that failed together comes again together.
std::chrono::milliseconds pause_after(const Persistence& persistence, unsigned attempts, std::string_view seed);

}  // namespace stepd::tasks
