// The configuration's `listen`, `allowed_hosts` and `allow_remote`: where requests are taken.
#pragma once

#include "base/result.h"
#include "daemon/config/mapping.h"

#include <cstdint>
#include <string>
#include <vector>

namespace stepd::daemon {

struct Listen {
  std::string address = "127.0.0.1";
  std::uint16_t port = 8083;
  std::vector<std::string> allowed_hosts;  ///< beside the loopback names
  bool allow_remote = false;               ///< to listen on an address that others can reach
};

/// `127.0.0.1:8083`, `[::1]:8083`, `localhost:8083`. Error: cause only.
Result<void> parse_listen(const std::string& text, Listen& listen);
/// As a URL begins: `http://127.0.0.1:8083`.
std::string url_of(const std::string& address, std::uint16_t port);
bool is_loopback(const std::string& address);

Listen read_listen(Mapping& root);

}  // namespace stepd::daemon
