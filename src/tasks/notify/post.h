// How one message goes to one subscriber, once: over HTTP, by mail, to a function, or into a file. It neither retries
// nor remembers.
#pragma once

#include "base/json.h"
#include "base/outbox.h"
#include "tasks/http/http_client.h"
#include "tasks/notify/function_calls.h"
#include "tasks/notify/topic.h"

#include <memory>
#include <string>
#include <string_view>

namespace stepd::tasks {

/// Where a body is a line of the topic's file. `topic` and `subscriber` outlive the post.
std::unique_ptr<Post> make_webhook_post(const Topic& topic, const Subscriber& subscriber,
                                        std::shared_ptr<HttpClient> http);
std::unique_ptr<Post> make_mail_post(const Topic& topic, const Subscriber& subscriber);
std::unique_ptr<Post> make_file_post(const Subscriber& subscriber);
std::unique_ptr<Post> make_function_post(const Topic& topic, const Subscriber& subscriber, FunctionCaller call);

/// SNS's own form of attributes: `{"name": {"Type", "Value"}}`.
Json envelope_attributes(const Json& attributes);

/// What a subscriber over `protocol` (`http`, `https`, `email`) reads: its own text of a message with the structure
/// json, else the text for all.
std::string text_for(const std::string& record, std::string_view protocol);

/// A mail as RFC 5322 writes it: the subject encoded if need be, the text as base64 in UTF-8.
std::string mail_of(const Topic& topic, const Mailbox& mailbox, const std::string& record);

}  // namespace stepd::tasks
