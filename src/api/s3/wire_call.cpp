#include "api/s3/wire_call.h"

#include "base/encoding.h"

#include <algorithm>
#include <charconv>

namespace stepd::api::s3 {

std::vector<std::pair<std::string, std::string>> read_query(std::string_view query) {
  std::vector<std::pair<std::string, std::string>> read;
  while (!query.empty()) {
    const auto pair = query.substr(0, query.find('&'));
    query.remove_prefix(std::min(query.size(), pair.size() + 1));
    if (pair.empty()) continue;
    const auto equals = std::min(pair.find('='), pair.size());
    read.emplace_back(percent_decode_leniently(pair.substr(0, equals), Space::Plus),
                      percent_decode_leniently(pair.substr(std::min(equals + 1, pair.size())), Space::Plus));
  }
  return read;
}

S3Call::S3Call(const Request& asked, const std::string& host_bucket) : query(read_query(asked.query)) {
  request.id = asked.id;
  request.method = asked.method;
  request.path = asked.path;
  request.query = asked.query;
  request.fields = asked.fields;
  request.content_length = asked.content_length;
  auto path = percent_decode_leniently(asked.path);
  path.erase(0, 1);
  if (!host_bucket.empty()) {
    bucket = host_bucket;
    key = std::move(path);
    return;
  }
  const auto slash = path.find('/');
  bucket = path.substr(0, slash);
  if (slash != std::string::npos) key = path.substr(slash + 1);
}

bool S3Call::has(std::string_view name) const {
  return std::any_of(query.begin(), query.end(), [&](const auto& each) { return each.first == name; });
}

std::optional<std::string> S3Call::parameter(std::string_view name) const {
  for (const auto& [known, value] : query) {
    if (known == name) return value;
  }
  return std::nullopt;
}

S3Result<std::uint32_t> number_parameter(const S3Call& call, std::string_view name, std::uint32_t fallback) {
  const auto text = call.parameter(name);
  if (!text || text->empty()) return fallback;
  std::int32_t number = 0;
  const auto* end = text->data() + text->size();
  const auto [rest, error] = std::from_chars(text->data(), end, number);
  if (error != std::errc{} || rest != end) {
    return invalid_argument("Provided " + std::string(name) + " not an integer or within integer range",
                            std::string(name), *text);
  }
  if (number < 0) {
    return invalid_argument("Argument " + std::string(name) + " must be an integer between 0 and 2147483647",
                            std::string(name), *text);
  }
  return static_cast<std::uint32_t>(number);
}

}  // namespace stepd::api::s3
