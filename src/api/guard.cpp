// The rules of the request guard, each a small check of its own. Bodies are none of its business.
#include "api/guard.h"

#include "base/encoding.h"
#include "base/http_field.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace stepd::api {
namespace {

constexpr std::size_t kFieldsMax = 100;
constexpr std::size_t kTargetBytesMax = 8'192;

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Clients resolve `.` and `..` themselves (RFC 3986 §5.2.4): one that still arrives is meant for a careless reader. An
/// encoded slash parts segments too, as it does in the key of an object.
bool has_dot_segment(std::string_view path) {
  const auto decoded = percent_decode(path).value_or(std::string(path));
  std::string_view rest = decoded;
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const auto segment = rest.substr(0, rest.find('/'));
    rest.remove_prefix(segment.size());
    if (segment == "." || segment == "..") return true;
  }
  return false;
}

std::optional<Refused> check_target(std::string_view target) {
  if (target.empty() || target.front() != '/') return Refused{400, "the target must begin with /"};
  if (target.size() > kTargetBytesMax) return Refused{414, "the target is too long"};
  const auto path = target.substr(0, target.find('?'));
  for (std::size_t i = 0; i < target.size(); ++i) {
    const auto byte = static_cast<unsigned char>(target[i]);
    if (byte <= 0x20 || byte >= 0x7f) {
      return Refused{400, "the target must be visible ASCII: all else is percent-encoded, a space as %20"};
    }
    if (byte == '#') return Refused{400, "the target contains #, which is percent-encoded as %23"};
    if (byte == '\\') return Refused{400, "the target contains a backslash, which is percent-encoded as %5C"};
    if (byte != '%') continue;
    const auto decoded = percent_decode(target.substr(i, 3));
    if (!decoded || decoded->size() != 1)
      return Refused{400, "a % in the target needs two hexadecimal digits; % itself is %25"};
    if (decoded->front() == 0) return Refused{400, "the target contains %00"};
  }
  if (has_dot_segment(path)) return Refused{400, "the path contains . or .. as a segment"};
  return std::nullopt;
}

std::optional<Refused> read_request_line(std::string_view line, Head& head) {
  const auto first = line.find(' ');
  const auto last = line.rfind(' ');
  if (first == std::string_view::npos || first == last || line.find(' ', first + 1) != last) {
    return Refused{400, "the request line must be: method, target, version"};
  }
  head.method = line.substr(0, first);
  if (!is_http_token(head.method)) return Refused{400, "malformed method"};
  const auto version = line.substr(last + 1);
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return version.starts_with("HTTP/") ? Refused{505, "only HTTP/1.1 and HTTP/1.0 are spoken here"}
                                        : Refused{400, "malformed version"};
  }
  head.http_1_1 = version == "HTTP/1.1";
  const auto target = line.substr(first + 1, last - first - 1);
  if (auto refused = check_target(target)) return refused;
  const auto question = std::min(target.find('?'), target.size());
  head.path = target.substr(0, question);
  head.query = target.substr(std::min(question + 1, target.size()));
  return std::nullopt;
}

std::optional<Refused> read_field(std::string_view line, Head& head) {
  if (line.front() == ' ' || line.front() == '\t') return Refused{400, "folded header fields are not accepted"};
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || !is_http_token(line.substr(0, colon))) {
    return Refused{400, "malformed header field"};
  }
  if (head.fields.size() == kFieldsMax) return Refused{431, "too many header fields"};
  head.fields.push_back({std::string(line.substr(0, colon)), std::string(trim(line.substr(colon + 1)))});
  return std::nullopt;
}

/// The fields that decide about a message; two of one kind could be read two ways.
std::optional<Refused> check_single(const Head& head) {
  static constexpr std::array<std::string_view, 18> kSingle = {"host",
                                                               "content-length",
                                                               "transfer-encoding",
                                                               "content-type",
                                                               "x-amz-target",
                                                               "origin",
                                                               "expect",
                                                               "range",
                                                               "authorization",
                                                               "if-match",
                                                               "if-none-match",
                                                               "if-range",
                                                               "if-modified-since",
                                                               "if-unmodified-since",
                                                               "content-md5",
                                                               "x-amz-content-sha256",
                                                               "x-amz-decoded-content-length",
                                                               "x-amz-trailer"};
  for (const auto name : kSingle) {
    const auto count = std::count_if(head.fields.begin(), head.fields.end(),
                                     [&](const Field& field) { return equal_ignoring_case(field.name, name); });
    if (count > 1) return Refused{400, "more than one " + std::string(name)};
  }
  return std::nullopt;
}

std::optional<Refused> check_framing(Head& head) {
  for (const Field& field : head.fields) {
    if (equal_ignoring_case(field.name, "transfer-encoding")) {
      if (!head.http_1_1 || !equal_ignoring_case(field.value, "chunked")) {
        return Refused{501, "the only transfer encoding accepted is chunked, on HTTP/1.1"};
      }
      head.chunked = true;
    } else if (equal_ignoring_case(field.name, "content-length")) {
      std::uint64_t length = 0;
      const auto end = field.value.data() + field.value.size();
      if (!is_digits(field.value) || std::from_chars(field.value.data(), end, length).ec != std::errc{}) {
        return Refused{400, "malformed Content-Length"};
      }
      head.content_length = length;
    }
  }
  if (head.chunked && head.content_length) return Refused{400, "both Transfer-Encoding and Content-Length"};
  const bool bodiless = head.method == "GET" || head.method == "HEAD" || head.method == "DELETE" ||
                        head.method == "OPTIONS" || head.method == "TRACE" || head.method == "CONNECT";
  if (bodiless && head.has_body()) return Refused{400, head.method + " takes no body"};
  return std::nullopt;
}

std::optional<Refused> check_expect(Head& head) {
  for (const Field& field : head.fields) {
    if (!equal_ignoring_case(field.name, "expect")) continue;
    if (!equal_ignoring_case(field.value, "100-continue")) return Refused{417, "unknown expectation"};
    head.expects_continue = head.http_1_1 && head.has_body();
  }
  return std::nullopt;
}

bool wants_close(const Head& head) {
  if (!head.http_1_1) return true;
  for (const Field& field : head.fields) {
    if (!equal_ignoring_case(field.name, "connection")) continue;
    std::string_view rest = field.value;
    while (!rest.empty()) {
      const auto option = rest.substr(0, rest.find(','));
      rest.remove_prefix(std::min(rest.size(), option.size() + 1));
      if (equal_ignoring_case(trim(option), "close")) return true;
    }
  }
  return false;
}

/// `name` or `name:port`, an IPv6 address in brackets; none if it is neither.
struct Authority {
  std::string name;
  std::string port;
};
std::optional<Authority> read_authority(std::string_view text) {
  std::string_view name = text;
  std::string_view port;
  const auto bracket = text.starts_with('[') ? text.find(']') : 0;
  if (bracket == std::string_view::npos) return std::nullopt;
  const auto colon = text.find(':', bracket);
  if (colon != std::string_view::npos) {
    name = text.substr(0, colon);
    port = text.substr(colon + 1);
    if (!is_digits(port) || port.size() > 5) return std::nullopt;
  }
  const bool legal = std::all_of(name.begin(), name.end(), [&](char c) {
    return (is_http_token({&c, 1}) && c != '%') || (bracket > 0 && (c == '[' || c == ']' || c == ':'));
  });
  if (name.empty() || !legal || (bracket > 0 && name.back() != ']')) return std::nullopt;
  return Authority{to_lower(name), std::string(port)};
}

/// `bucket.NAME`, as S3's clients address buckets. An address has no names beneath it.
bool is_beneath(std::string_view name, std::string_view known) {
  return name.size() > known.size() + 1 && name.ends_with(known) && name[name.size() - known.size() - 1] == '.' &&
         known.find_first_not_of("0123456789.") != std::string_view::npos;
}

}  // namespace

std::variant<std::size_t, Refused> HeadScanner::scan(std::string_view bytes) {
  for (; seen_ < bytes.size(); ++seen_) {
    if (seen_ >= limit_bytes_) return Refused{431, "the request's head is too large"};
    const auto byte = static_cast<unsigned char>(bytes[seen_]);
    const bool after_cr = seen_ > 0 && bytes[seen_ - 1] == '\r';
    if (after_cr != (byte == '\n')) return Refused{400, "a line must end in CR LF"};
    if ((byte < 0x20 && byte != '\r' && byte != '\n' && byte != '\t') || byte == 0x7f) {
      return Refused{400, "a control character in the request's head"};
    }
    if (seen_ == 1 && after_cr) return Refused{400, "a request begins with its method"};
    if (byte == '\n' && seen_ >= 3 && bytes.substr(seen_ - 3, 4) == "\r\n\r\n") return ++seen_;
  }
  return std::size_t{0};
}

bool host_allowed(std::string_view host, const GuardRules& rules) {
  const auto asked = read_authority(host);
  if (!asked) return false;
  const auto matches = [&](std::string_view name) {
    if (name == "localhost" || name.ends_with(".localhost") || name == "[::1]") return true;
    // Every address of 127.0.0.0/8 is this machine; a name such as 127.evil.example is not.
    if (name.starts_with("127.") && std::count(name.begin(), name.end(), '.') == 3 &&
        name.find_first_not_of("0123456789.") == std::string_view::npos) {
      return true;
    }
    return std::any_of(rules.allowed_hosts.begin(), rules.allowed_hosts.end(), [&](const std::string& allowed) {
      const auto known = read_authority(allowed);
      const bool is_name = known && (known->name == name || is_beneath(name, known->name));
      return is_name && (known->port.empty() || known->port == asked->port);
    });
  };
  const std::string_view name = asked->name;
  return matches(name) || (name.starts_with("sync-") && matches(name.substr(5)));
}

bool origin_is_own(std::string_view origin, std::string_view host) {
  if (origin.empty()) return true;
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (origin.starts_with(scheme)) return equal_ignoring_case(origin.substr(scheme.size()), host);
  }
  return false;
}

std::variant<Head, Refused> check_head(std::string_view text, const GuardRules& rules) {
  if (!text.ends_with("\r\n\r\n")) return Refused{400, "the request's head is not complete"};
  text.remove_suffix(2);
  Head head;
  bool first = true;
  while (!text.empty()) {
    const auto end = text.find("\r\n");
    const auto line = text.substr(0, end);
    text.remove_prefix(end + 2);
    if (line.empty()) return Refused{400, "an empty line in the request's head"};
    if (auto refused = first ? read_request_line(line, head) : read_field(line, head)) return *refused;
    first = false;
  }
  if (auto refused = check_single(head)) return *refused;
  if (auto refused = check_framing(head)) return *refused;
  if (auto refused = check_expect(head)) return *refused;
  head.keep_alive = !wants_close(head);
  const auto host = std::find_if(head.fields.begin(), head.fields.end(),
                                 [](const Field& field) { return equal_ignoring_case(field.name, "host"); });
  if (host == head.fields.end()) return Refused{400, "no Host"};
  head.host = host->value;
  if (!host_allowed(head.host, rules)) {
    return Refused{421, "this host name is not served here; add it to the allowed hosts if it is yours"};
  }
  return head;
}

}  // namespace stepd::api
