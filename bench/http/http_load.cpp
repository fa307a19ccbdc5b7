#include "http/http_load.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>
#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <string_view>
#include <utility>
#include <vector>

namespace stepd::bench {
namespace {

using Clock = std::chrono::steady_clock;

class Connection {
 public:
  explicit Connection(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      throw std::runtime_error("cannot connect");
    }
    const int on = 1;
    ::setsockopt(socket_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  }
  Connection(Connection&& other) noexcept
      : socket_(std::exchange(other.socket_, -1)), received_(std::move(other.received_)), sent_at_(other.sent_at_) {}
  ~Connection() {
    if (socket_ >= 0) ::close(socket_);
  }

  int socket() const { return socket_; }
  Clock::time_point sent_at() const { return sent_at_; }

  void send(const std::string& request) {
    sent_at_ = Clock::now();
    received_.clear();
    // A request fits into the socket's buffer.
    if (::send(socket_, request.data(), request.size(), MSG_NOSIGNAL) != static_cast<ssize_t>(request.size())) {
      throw std::runtime_error("cannot send");
    }
  }

  /// Whether the answer is whole.
  bool receive() {
    char buffer[4096];
    const auto count = ::recv(socket_, buffer, sizeof buffer, 0);
    if (count <= 0) throw std::runtime_error("the server has closed a connection");
    received_.append(buffer, static_cast<std::size_t>(count));
    const auto end = received_.find("\r\n\r\n");
    if (end == std::string::npos) return false;
    if (!received_.starts_with("HTTP/1.1 200 ")) throw std::runtime_error(received_);
    const auto at = received_.find("Content-Length: ");
    if (at == std::string::npos || at > end) throw std::runtime_error("an answer without its length");
    return received_.size() >= end + 4 + std::stoul(received_.substr(at + 16, 20));
  }

  const std::string& received() const { return received_; }

 private:
  int socket_;
  std::string received_;
  Clock::time_point sent_at_;
};

}  // namespace

Load put_load(std::uint16_t port, const std::string& request, int connections, int requests) {
  std::vector<Connection> open;
  std::vector<pollfd> polled;
  for (int i = 0; i < connections; ++i) {
    open.emplace_back(port);
    polled.push_back({open.back().socket(), POLLIN, 0});
  }
  std::vector<double> milliseconds;
  milliseconds.reserve(static_cast<std::size_t>(requests));
  const auto began = Clock::now();
  int sent = 0;
  for (auto& each : open) {
    each.send(request);
    ++sent;
  }
  while (milliseconds.size() < static_cast<std::size_t>(sent)) {
    ::poll(polled.data(), polled.size(), -1);
    for (std::size_t i = 0; i < open.size(); ++i) {
      if ((polled[i].revents & (POLLIN | POLLHUP | POLLERR)) == 0 || !open[i].receive()) continue;
      milliseconds.push_back(std::chrono::duration<double, std::milli>(Clock::now() - open[i].sent_at()).count());
      if (sent == requests) continue;
      open[i].send(request);
      ++sent;
    }
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - began).count();
  std::sort(milliseconds.begin(), milliseconds.end());
  return {sent / seconds, milliseconds[milliseconds.size() / 2], milliseconds[milliseconds.size() * 99 / 100]};
}

std::string answer_to(std::uint16_t port, const std::string& request) {
  Connection connection(port);
  connection.send(request);
  while (!connection.receive()) {
  }
  return connection.received();
}

}  // namespace stepd::bench
