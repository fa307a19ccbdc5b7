#include "api/aws_chunked.h"

#include "api/http.h"
#include "base/http_field.h"

#include <algorithm>
#include <charconv>

namespace stepd::api {
namespace {

constexpr std::size_t kLineMax = 1'024;  // a signature has at most 144 characters, a checksum 88
constexpr std::size_t kTrailersMax = 8;
constexpr std::string_view kSignature = "chunk-signature=";
constexpr std::string_view kTrailerSignature = "x-amz-trailer-signature";

AslError no_framing(const std::string& why) { return {"", "the body is not framed as aws-chunked: " + why}; }

}  // namespace

Result<void> AwsChunked::take(std::string_view piece, const Sink& sink) {
  while (!piece.empty()) {
    if (expected_ == Expected::Nothing) return no_framing("bytes follow its end");
    if (expected_ == Expected::Data) {
      const auto data = piece.substr(0, std::min<std::uint64_t>(left_, piece.size()));
      piece.remove_prefix(data.size());
      left_ -= data.size();
      decoded_ += data.size();
      if (left_ == 0) expected_ = Expected::DataEnd;
      STEPD_CHECK(sink(data));
      continue;
    }
    const auto end = piece.find('\n');
    const auto part = piece.substr(0, end == std::string_view::npos ? end : end + 1);
    piece.remove_prefix(part.size());
    if (line_.size() + part.size() > kLineMax) return no_framing("a line of it is too long");
    line_.append(part);
    // Amazon's description of a signed trailer has a lone line feed before the line's end; it belongs to the line.
    if (!line_.ends_with("\r\n")) continue;
    STEPD_CHECK(take_line());
    line_.clear();
  }
  return {};
}

Result<void> AwsChunked::take_line() {
  auto line = std::string_view(line_).substr(0, line_.size() - 2);
  switch (expected_) {
    case Expected::Size:
      return take_size(line);
    case Expected::DataEnd:
      if (!line.empty()) return no_framing("a chunk is longer than it says");
      expected_ = Expected::Size;
      return {};
    case Expected::Trailer:
      if (line.ends_with('\n')) line.remove_suffix(1);
      if (!line.empty()) return take_trailer(line);
      expected_ = Expected::Nothing;
      return {};
    default:
      return no_framing("bytes follow its end");
  }
}

Result<void> AwsChunked::take_size(std::string_view line) {
  const auto digits = line.substr(0, line.find(';'));
  const auto extension = line.substr(digits.size());
  std::uint64_t size = 0;
  const auto* end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, size, 16);
  if (digits.empty() || error != std::errc{} || rest != end) return no_framing("a chunk begins with its size");
  if (!extension.empty() && !extension.substr(1).starts_with(kSignature)) {
    return no_framing("a chunk's size is followed by its signature alone");
  }
  left_ = size;
  expected_ = size == 0 ? Expected::Trailer : Expected::Data;
  return {};
}

Result<void> AwsChunked::take_trailer(std::string_view line) {
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_http_token(line.substr(0, colon))) {
    return no_framing("a trailer has a name, a colon and a value");
  }
  auto value = line.substr(colon + 1);
  while (value.starts_with(' ')) value.remove_prefix(1);
  while (value.ends_with(' ')) value.remove_suffix(1);
  const auto name = to_lower(line.substr(0, colon));
  if (name == kTrailerSignature) return {};
  if (trailers_.size() == kTrailersMax) return no_framing("there are too many trailers");
  if (!trailers_.emplace(name, value).second) return no_framing("there are two trailers " + name);
  return {};
}

Result<void> AwsChunked::finish() const {
  if (expected_ == Expected::Nothing) return {};
  return AslError{"", "the body ended within its framing, aws-chunked"};
}

}  // namespace stepd::api
