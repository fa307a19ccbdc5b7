#include "daemon/config/server/listen_section.h"

#include <charconv>

namespace stepd::daemon {

Result<void> parse_listen(const std::string& text, Listen& listen) {
  const AslError wrong{"", "expected HOST:PORT, for instance 127.0.0.1:8083, got " + text};
  const auto colon = text.rfind(':');
  if (colon == std::string::npos || colon == 0) return wrong;
  std::string address = text.substr(0, colon);
  if (address.front() == '[') {
    if (address.size() < 3 || address.back() != ']') return wrong;
    address = address.substr(1, address.size() - 2);
  } else if (address.find(':') != std::string::npos) {
    return wrong;
  }
  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data() + colon + 1, end, port);
  if (read.ec != std::errc{} || read.ptr != end) return wrong;
  listen.address = address == "localhost" ? "127.0.0.1" : address;
  listen.port = port;
  return {};
}

std::string url_of(const std::string& address, std::uint16_t port) {
  const bool ipv6 = address.find(':') != std::string::npos;
  return "http://" + (ipv6 ? "[" + address + "]" : address) + ":" + std::to_string(port);
}

bool is_loopback(const std::string& address) { return address.starts_with("127.") || address == "::1"; }

Listen read_listen(Mapping& root) {
  Listen listen;
  if (const auto text = root.optional_text("listen")) {
    const auto parsed = parse_listen(*text, listen);
    if (!parsed) root.fault("listen", parsed.error().cause);
  }
  listen.allowed_hosts = root.texts("allowed_hosts");
  listen.allow_remote = root.flag("allow_remote", false);
  return listen;
}

}  // namespace stepd::daemon
