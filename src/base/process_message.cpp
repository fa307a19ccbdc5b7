#include "base/process_message.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <system_error>

namespace stepd {
namespace {

struct Head {
  std::uint64_t text_bytes = 0;
  std::uint64_t files = 0;
};

/// Until the socket is ready for `events`.
MessageResult await(int socket, short events, const Patience& patience) {
  for (;;) {
    int timeout = -1;
    if (patience.until) {
      const auto left =
          std::chrono::ceil<std::chrono::milliseconds>(*patience.until - std::chrono::steady_clock::now()).count();
      if (left <= 0) return MessageResult::Late;
      timeout = static_cast<int>(std::min<std::int64_t>(left, 3'600'000));
    }
    std::array<pollfd, 2> polled{{{socket, events, 0}, {patience.stop, POLLIN, 0}}};
    const int ready = ::poll(polled.data(), polled.size(), timeout);
    if (ready < 0 && errno != EINTR) return MessageResult::Closed;
    if (ready <= 0) continue;
    if (polled[1].revents != 0) return MessageResult::Stopped;
    if (polled[0].revents != 0) return MessageResult::Done;
  }
}

/// `call` moves some bytes and answers how many, as send() and recv() do; this repeats it until `wanted` have moved.
template <class Call>
MessageResult move_all(int socket, short events, std::size_t wanted, const Patience& patience, Call call) {
  std::size_t moved = 0;
  while (moved < wanted) {
    const auto count = call(moved);
    if (count > 0) {
      moved += static_cast<std::size_t>(count);
    } else if (count == 0) {
      return MessageResult::Closed;
    } else if (errno == EAGAIN) {
      if (const auto ready = await(socket, events, patience); ready != MessageResult::Done) return ready;
    } else if (errno != EINTR) {
      return MessageResult::Closed;
    }
  }
  return MessageResult::Done;
}

struct ControlBuffer {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(int) * kMaxFiles)> bytes;
};

void attach(msghdr& header, ControlBuffer& control, std::span<const int> files) {
  if (files.empty()) return;
  header.msg_control = control.bytes.data();
  header.msg_controllen = CMSG_SPACE(files.size_bytes());
  cmsghdr* rights = CMSG_FIRSTHDR(&header);
  rights->cmsg_level = SOL_SOCKET;
  rights->cmsg_type = SCM_RIGHTS;
  rights->cmsg_len = CMSG_LEN(files.size_bytes());
  std::memcpy(CMSG_DATA(rights), files.data(), files.size_bytes());
}

void detach(msghdr& header, std::vector<Descriptor>& files) {
  for (cmsghdr* each = CMSG_FIRSTHDR(&header); each != nullptr; each = CMSG_NXTHDR(&header, each)) {
    if (each->cmsg_level != SOL_SOCKET || each->cmsg_type != SCM_RIGHTS) continue;
    const auto count = (each->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(each) + i * sizeof(int), sizeof fd);
      files.emplace_back(fd);
    }
  }
}

}  // namespace

MessageResult send_message(int socket, std::string_view text, std::span<const int> files, const Patience& patience) {
  if (text.size() > kMaxText || files.size() > kMaxFiles) return MessageResult::Broken;
  Head head{text.size(), files.size()};
  ControlBuffer control{};
  return move_all(socket, POLLOUT, sizeof head + text.size(), patience, [&](std::size_t moved) {
    std::array<iovec, 2> parts{};
    msghdr header{};
    header.msg_iov = parts.data();
    if (moved < sizeof head) {
      parts[header.msg_iovlen++] = {reinterpret_cast<char*>(&head) + moved, sizeof head - moved};
    }
    const auto begun = moved < sizeof head ? 0 : moved - sizeof head;
    if (begun < text.size()) {
      parts[header.msg_iovlen++] = {const_cast<char*>(text.data()) + begun, text.size() - begun};
    }
    if (moved == 0) attach(header, control, files);
    return ::sendmsg(socket, &header, MSG_DONTWAIT | MSG_NOSIGNAL);
  });
}

MessageResult receive_message(int socket, Message& message, const Patience& patience) {
  Head head;
  message = {};
  bool cut = false;
  auto moved = move_all(socket, POLLIN, sizeof head, patience, [&](std::size_t at) {
    iovec part{reinterpret_cast<char*>(&head) + at, sizeof head - at};
    ControlBuffer control{};
    msghdr header{};
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    header.msg_control = control.bytes.data();
    header.msg_controllen = sizeof control.bytes;
    const auto got = ::recvmsg(socket, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
    if (got >= 0) detach(header, message.files);
    cut = cut || (got >= 0 && (header.msg_flags & MSG_CTRUNC) != 0);
    return got;
  });
  if (moved != MessageResult::Done) return moved;
  if (cut || head.text_bytes > kMaxText || head.files != message.files.size()) return MessageResult::Broken;
  message.text.resize(head.text_bytes);
  return move_all(socket, POLLIN, message.text.size(), patience, [&](std::size_t at) {
    return ::recv(socket, message.text.data() + at, message.text.size() - at, MSG_DONTWAIT);
  });
}

Ends make_ends() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw std::system_error(errno, std::generic_category(), "no socket for another process");
  }
  return {Descriptor(ends[0]), Descriptor(ends[1])};
}

}  // namespace stepd
