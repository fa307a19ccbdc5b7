// Listening: the socket, the threads, and the order in which they end. What happens on a connection stands elsewhere.
#include "api/server.h"

#include "api/http_stream.h"
#include "api/io_contexts.h"
#include "api/open_connections.h"
#include "base/descriptor.h"

#include <fcntl.h>
#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <limits>

namespace stepd::api {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {
constexpr std::chrono::milliseconds kAcceptPause{100};  // after a failure that is not ours to mend

std::size_t descriptors_limit() {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY) {
    return std::numeric_limits<std::size_t>::max();
  }
  return files.rlim_cur;
}

/// The other half of the descriptors is left to stores, buckets and handlers.
SeatLimits seat_limits(const ServerOptions& options) {
  SeatLimits limits;
  limits.all = std::max<std::size_t>(1, std::min(options.connections_max, descriptors_limit() / 2));
  limits.per_peer = options.connections_per_peer_max == 0 ? std::max<std::size_t>(1, limits.all / 2)
                                                          : std::min(options.connections_per_peer_max, limits.all);
  limits.waiting = std::max<std::size_t>(1, limits.all / 4 * 3);
  limits.waiting_per_peer = std::max<std::size_t>(1, limits.per_peer / 2);
  limits.reserved = std::min(options.connections_reserved, std::max<std::size_t>(1, descriptors_limit() / 16));
  return limits;
}

/// Descriptors are given out from below, so a socket with a high number tells that few are left.
int scarce_from() {
  const auto limit = descriptors_limit();
  return static_cast<int>(std::min<std::size_t>(limit - limit / 8, std::numeric_limits<int>::max()));
}

/// One key for all that a single machine can call from: of IPv6 it commonly has a /64 (RFC 6177).
std::string peer_key(const tcp::endpoint& peer) {
  const auto& address = peer.address();
  if (address.is_v4()) return address.to_string();
  const auto v6 = address.to_v6();
  if (v6.is_v4_mapped()) return asio::ip::make_address_v4(asio::ip::v4_mapped, v6).to_string();
  const auto bytes = v6.to_bytes();
  return {bytes.begin(), bytes.begin() + bytes.size() / 2};
}

Descriptor open_spare() { return Descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }
}  // namespace

SeatTally ConnectionCount::read() const {
  const MutexLock lock(mutex_);
  return source_ ? source_() : SeatTally{};
}

void ConnectionCount::read_from(std::function<SeatTally()> source) {
  const MutexLock lock(mutex_);
  source_ = std::move(source);
}

class Server::Listener {
 public:
  Listener(ServerOptions options, Router router, std::shared_ptr<ConnectionCount> count)
      : options_(std::move(options)),
        router_(std::move(router)),
        count_(std::move(count)),
        scarce_from_(scarce_from()),
        connections_(options_, seat_limits(options_), router_, io_, pool_),
        io_(options_.threads),
        pool_(std::max(1U, options_.workers)),
        acceptor_(io_.next()),
        pause_(acceptor_.get_executor()) {
    listen();
    count_->read_from([this] { return connections_.tally(); });
  }

  ~Listener() {
    count_->read_from(nullptr);
    connections_.detach();
    pool_.join();  // what waits for a disk ends by itself; it may still hand work to io_
    io_.stop();
  }

  std::uint16_t port() const { return port_; }

  void start() {
    accept();
    io_.start();
  }

  void drain(std::chrono::milliseconds grace) {
    asio::post(acceptor_.get_executor(), [this] {
      boost::system::error_code ignored;
      pause_.cancel();
      acceptor_.close(ignored);
    });
    connections_.finish();
    if (!connections_.wait_until_closed(std::chrono::steady_clock::now() + grace)) {
      spdlog::warn("{} connections were still busy and are cut", connections_.open());
    }
  }

 private:
  void listen() {
    const std::string where = options_.address + ":" + std::to_string(options_.port);
    boost::system::error_code error;
    const auto address = asio::ip::make_address(options_.address, error);
    if (error) throw ListenError("cannot listen on " + where + ": not an IP address");
    if (!address.is_loopback() && !options_.allow_remote) {
      throw ListenError(
          "will not listen on " + where +
          ": other machines reach it, and nobody is asked for a password; allow it expressly if that is meant");
    }
    const tcp::endpoint endpoint(address, options_.port);
    acceptor_.open(endpoint.protocol());
    // Without it a restart would wait for the last connections' TIME_WAIT; two listeners are still impossible.
    acceptor_.set_option(asio::socket_base::reuse_address(true));
    acceptor_.bind(endpoint, error);
    if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
    if (error == asio::error::address_in_use) {
      throw ListenError("cannot listen on " + where + ": the address is already in use, perhaps by another stepd");
    }
    if (error) throw ListenError("cannot listen on " + where + ": " + error.message());
    port_ = acceptor_.local_endpoint().port();
    is_v6_ = address.is_v6();
  }

  void accept() {
    acceptor_.async_accept([this](boost::system::error_code error, tcp::socket socket) {
      if (!acceptor_.is_open() || error == asio::error::operation_aborted) return;
      if ((error == asio::error::no_descriptors || error == boost::system::errc::too_many_files_open_in_system) &&
          refuse_one()) {
        return accept();
      }
      if (error) {
        spdlog::warn("cannot accept a connection: {}", error.message());
        pause_.expires_after(kAcceptPause);
        pause_.async_wait([this](boost::system::error_code cancelled) {
          if (!cancelled) accept();
        });
        return;
      }
      hand_over(std::move(socket));
      accept();
    });
  }

  void hand_over(tcp::socket socket) {
    boost::system::error_code error;
    socket.set_option(tcp::no_delay(true), error);
    const auto peer = socket.remote_endpoint(error);
    if (error) return;  // it has left already
    const int handle = socket.release(error);
    if (!error) connections_.serve(handle, is_v6_, peer_key(peer), handle >= scarce_from_);
  }

  /// Where no descriptor is left: the spare one takes a connection out of the backlog, where its client would only
  /// wait, and tells it to come back. False if that cannot be done either.
  bool refuse_one() {
    connections_.make_room();
    spare_.reset();
    Descriptor socket(::accept4(acceptor_.native_handle(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    const bool taken = static_cast<bool>(socket);
    if (taken) {
      refuse_unread(socket.get());
      connections_.note_refusal();
    }
    socket.reset();
    spare_ = open_spare();
    return taken;
  }

  const ServerOptions options_;
  const Router router_;
  const std::shared_ptr<ConnectionCount> count_;
  const int scarce_from_;
  Descriptor spare_ = open_spare();
  Connections connections_;  // before io_, whose end is the end of each connection
  IoContexts io_;
  asio::thread_pool pool_;
  tcp::acceptor acceptor_;  // touched on its context's thread alone, once that runs
  asio::steady_timer pause_;
  std::uint16_t port_ = 0;
  bool is_v6_ = false;
};

Server::Server(ServerOptions options, Router router, std::shared_ptr<ConnectionCount> count)
    : listener_(std::make_unique<Listener>(std::move(options), std::move(router), std::move(count))) {}
Server::~Server() = default;
std::uint16_t Server::port() const { return listener_->port(); }
void Server::start() { listener_->start(); }
void Server::drain(std::chrono::milliseconds grace) { listener_->drain(grace); }

}  // namespace stepd::api
