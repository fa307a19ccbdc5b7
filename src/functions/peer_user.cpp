#include "functions/peer_user.h"

#include <arpa/inet.h>

#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>

namespace stepd::functions {
namespace {

/// As /proc/net/tcp writes it: the address as a number of this machine's order of bytes.
std::string shown(const SocketName& name) {
  char text[16];
  std::snprintf(text, sizeof text, "%08X:%04X", htonl(name.address), name.port);
  return text;
}

std::optional<unsigned> find_owner(const char* table, const std::string& peer, const std::string& own) {
  std::ifstream lines(table);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string number, local, remote, state, queues, timer, retransmits;
    unsigned user = 0;
    if (!(words >> number >> local >> remote >> state >> queues >> timer >> retransmits >> user)) continue;
    if (local == peer && remote == own) return user;
  }
  return std::nullopt;
}

}  // namespace

std::optional<unsigned> user_of_peer(const SocketName& peer, const SocketName& own) {
  if (const auto user = find_owner("/proc/net/tcp", shown(peer), shown(own))) return user;
  // A socket of IPv6 that speaks IPv4.
  const std::string mapped = "0000000000000000FFFF0000";
  return find_owner("/proc/net/tcp6", mapped + shown(peer), mapped + shown(own));
}

}  // namespace stepd::functions
