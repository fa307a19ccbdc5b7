// GET stream?topics: server-sent events of what executions do (live_feed.h). `topics` is a list with commas: `all` for
// the starts and ends of all executions, and ARNs of executions for each of their turns.
#include "api/console/endpoints/endpoint.h"

#include <algorithm>

namespace stepd::api {
namespace {

LiveTopics read_topics(std::string_view list) {
  LiveTopics topics;
  while (!list.empty()) {
    const auto topic = list.substr(0, list.find(','));
    list.remove_prefix(std::min(list.size(), topic.size() + 1));
    if (topic == "all") topics.all = true;
    if (topic.starts_with("arn:") && topics.arns.size() < kLiveTopics) topics.arns.emplace(topic);
  }
  return topics;
}

Response answer(const Request& request, const ConsoleContext& context) {
  // A browser sends the field when it reconnects by itself; a page that asks for other topics has the parameter alone.
  auto after = std::string(request.field("last-event-id"));
  if (after.empty()) after = request.parameter("after").value_or("");
  auto feed = context.sources.feed.follow(read_topics(request.parameter("topics").value_or("all")), after);
  if (feed == nullptr) return error_response(503, "there are too many streams");
  Response response;
  response.fields = {{"Content-Type", "text/event-stream"},
                     {"Cache-Control", "no-store"},
                     {"Cross-Origin-Resource-Policy", "same-origin"}};
  response.feed = std::move(feed);
  return response;
}

}  // namespace

extern const Endpoint console_stream;
const Endpoint console_stream{"GET", "stream", answer};

}  // namespace stepd::api
