// The request guard: decides from the raw bytes of a request's head whether anything behind it is to see the request.
// It is stricter than RFC 9112 wherever two readers of one byte stream could disagree, and it never repairs.
#pragma once

#include "api/http.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace stepd::api {

/// A refusal. The connection ends with it, as nobody can know where the next request would begin.
struct Refused {
  int status = 400;
  std::string reason;
};

/// Looks for the end of a head in what has arrived so far.
class HeadScanner {
 public:
  explicit HeadScanner(std::size_t limit_bytes) : limit_bytes_(limit_bytes) {}
  /// `bytes` begins where the head begins and has grown since the last call. Answers the head's size with the empty
  /// line, 0 while more is needed, or a refusal at the first byte that no head may contain.
  std::variant<std::size_t, Refused> scan(std::string_view bytes);

 private:
  std::size_t limit_bytes_;
  std::size_t seen_ = 0;
};

struct GuardRules {
  std::vector<std::string> allowed_hosts;  ///< beside the loopback names; without port any port is meant
};

/// What the guard read, and all that later readers may rely on.
struct Head {
  std::string method;
  std::string path;
  std::string query;
  bool http_1_1 = true;
  bool keep_alive = true;
  bool chunked = false;
  bool expects_continue = false;
  std::optional<std::uint64_t> content_length;
  std::string host;
  std::vector<Field> fields;

  bool has_body() const { return chunked || content_length.value_or(0) > 0; }
};

/// `head` is everything up to and including the empty line.
std::variant<Head, Refused> check_head(std::string_view head, const GuardRules& rules);

/// Loopback names, configured names, names beneath `localhost` or a configured name, as S3's clients put a bucket
/// before a host, and either behind the prefix `sync-` that AWS clients put before the host of two operations. Any
/// port, unless the configured name has one.
bool host_allowed(std::string_view host, const GuardRules& rules);

/// True for no Origin and for the page's own origin: what a foreign page's script sends is refused.
bool origin_is_own(std::string_view origin, std::string_view host);

}  // namespace stepd::api
