// How one message goes to one subscriber, once: over HTTP, by mail, or into a file. It neither retries nor remembers.
#pragma once

#include "base/result.h"
#include "tasks/http/http_client.h"
#include "tasks/notify/topic.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace stepd::tasks {

struct Verdict {
  enum class Kind : std::uint8_t {
    Delivered,
    Again,    ///< may succeed later
    Refused,  ///< will not succeed however often it is tried
    Stopped,  ///< the post was closed before it was known: as if it had not been tried
  };
  Kind kind = Kind::Delivered;
  std::string why;  ///< without secrets, addresses' paths and the message itself
};

/// Thread: one calls; answers come on any thread, also from within.
class Post {
 public:
  virtual ~Post() = default;
  /// `record` is a line of the topic's file.
  virtual void send(const std::string& id, const std::string& record, std::function<void(Verdict)> done) = 0;
};

/// `topic`, `subscriber` and `http` outlive the post.
std::unique_ptr<Post> make_webhook_post(const Topic& topic, const Subscriber& subscriber, HttpClient& http);
std::unique_ptr<Post> make_mail_post(const Topic& topic, const Subscriber& subscriber);
std::unique_ptr<Post> make_file_post(const Subscriber& subscriber);

/// What a subscriber over `protocol` (`http`, `https`, `email`) reads: its own text of a message with the structure
/// json, else the text for all.
std::string text_for(const std::string& record, std::string_view protocol);

/// A mail as RFC 5322 writes it: the subject encoded if need be, the text as base64 in UTF-8.
std::string mail_of(const Topic& topic, const Mailbox& mailbox, const std::string& record);

}  // namespace stepd::tasks
