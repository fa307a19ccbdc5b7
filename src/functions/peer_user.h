// Whose process is at the other end of a connection within this machine.
#pragma once

#include <cstdint>
#include <optional>

namespace stepd::functions {

/// Of IPv4.
struct SocketName {
  std::uint32_t address = 0;  ///< its first byte is the most significant
  std::uint16_t port = 0;
};

/// The user that owns the socket which has connected from `peer` to `own`, as /proc/net shows it; none: there is no
/// such socket any more, or it cannot be told. Costs a read of the list of all connections.
std::optional<unsigned> user_of_peer(const SocketName& peer, const SocketName& own);

}  // namespace stepd::functions
