// The framing `aws-chunked`, in which AWS's SDKs send bodies to S3: chunks of their own within the body, each perhaps
// signed, and trailers with checksums behind them. What is framed comes out; nothing is stored or hashed here.
// Source: Amazon S3 API Reference, sigv4-streaming and sigv4-streaming-trailers.
//
// 1. Signatures are read over and not verified, as everywhere in stepd: whoever reaches the server may use it.
// 2. Bytes that are no such framing, that end early, and that go on behind the end are errors: a client that announces
//    the framing never has anything else stored.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>

namespace stepd::api {

/// Takes a framed body in pieces that may be cut anywhere. Errors: cause only, for people.
class AwsChunked {
 public:
  /// Takes what was framed. Its error ends take().
  using Sink = std::function<Result<void>(std::string_view data)>;

  Result<void> take(std::string_view piece, const Sink& sink);
  /// Error: the body ended before its end.
  Result<void> finish() const;

  std::uint64_t decoded_bytes() const { return decoded_; }
  /// Names in lower case, without x-amz-trailer-signature.
  const std::map<std::string, std::string>& trailers() const { return trailers_; }

 private:
  enum class Expected : std::uint8_t { Size, Data, DataEnd, Trailer, Nothing };

  Result<void> take_line();
  Result<void> take_size(std::string_view line);
  Result<void> take_trailer(std::string_view line);

  Expected expected_ = Expected::Size;
  std::string line_;        ///< as far as it has come
  std::uint64_t left_ = 0;  ///< of the chunk
  std::uint64_t decoded_ = 0;
  std::map<std::string, std::string> trailers_;
};

}  // namespace stepd::api
