// GET topics/{topic}: the last messages of a topic, and those that could not be delivered.
#include "api/console/endpoints/endpoint.h"

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

constexpr std::streamoff kTailBytes = 128 * 1024;
constexpr std::size_t kTailLines = 50;

/// The last whole lines of a file, the newest first; none if there is no file.
Json tail_of(const std::filesystem::path& file) {
  Json lines = Json::array();
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return lines;
  stream.seekg(0, std::ios::end);
  const auto size = static_cast<std::streamoff>(stream.tellg());
  stream.seekg(std::max<std::streamoff>(0, size - kTailBytes));
  std::string line;
  if (size > kTailBytes) std::getline(stream, line);  // its beginning is not here
  std::vector<std::string> found;
  while (std::getline(stream, line)) found.push_back(line);
  for (auto at = found.rbegin(); at != found.rend() && lines.size() < kTailLines; ++at) lines.push_back(*at);
  return lines;
}

Response answer(const Request& request, const ConsoleContext& context) {
  const auto& topics = context.sources.inventory.topics;
  const auto topic = std::find_if(topics.begin(), topics.end(),
                                  [&](const auto& one) { return one.name == request.captures.at("topic"); });
  if (topic == topics.end()) return error_response(404, "there is no such topic");
  Json dead = Json::object();
  for (const auto& subscriber : topic->subscribers) dead[subscriber.name] = tail_of(subscriber.dead_letters);
  return console_answer({{"name", topic->name}, {"messages", tail_of(topic->file)}, {"deadLetters", std::move(dead)}});
}

}  // namespace

extern const Endpoint console_topic;
const Endpoint console_topic{"GET", "topics/{topic}", answer};

}  // namespace stepd::api
