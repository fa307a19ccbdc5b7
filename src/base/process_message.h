// Messages between this process and those that do its work: a text and open files, over a stream socket. What the
// text means is the caller's; who sends may be hostile, so nothing here waits or grows without a bound.
#pragma once

#include "base/descriptor.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace stepd {

inline constexpr std::size_t kMaxText = 16ull * 1024 * 1024;
inline constexpr std::size_t kMaxFiles = 64;
/// Where a process that this program spawns finds its end of the socket.
inline constexpr int kControlDescriptor = 3;

struct Message {
  std::string text;
  std::vector<Descriptor> files;
};

/// How long a transfer may take.
struct Patience {
  std::optional<std::chrono::steady_clock::time_point> until;  ///< none: for ever
  int stop = -1;  ///< a descriptor that becomes readable when the transfer is no longer wanted
};

enum class MessageResult : std::uint8_t {
  Done,
  Closed,   ///< the other side is gone
  Late,     ///< `until` has passed
  Stopped,  ///< `stop` became readable
  Broken,   ///< what came is no message
};

/// The files stay the caller's. At most kMaxText and kMaxFiles.
MessageResult send_message(int socket, std::string_view text, std::span<const int> files, const Patience& patience);
MessageResult receive_message(int socket, Message& message, const Patience& patience);

/// Two connected ends, closed on exec. Throws std::system_error.
struct Ends {
  Descriptor ours;
  Descriptor theirs;
};
Ends make_ends();

}  // namespace stepd
