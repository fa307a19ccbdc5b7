// Listening: the socket, the threads, and the order in which they end. What happens on a connection stands elsewhere.
#include "api/server.h"

#include "api/open_connections.h"
#include "base/guarded.h"

#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <thread>

namespace stepd::api {

namespace asio = boost::asio;
using asio::ip::tcp;

namespace {
constexpr std::chrono::milliseconds kAcceptPause{100};  // after a failure such as "too many open files"

/// The other half of the descriptors is left to stores, buckets and handlers.
std::size_t connections_limit(std::size_t wanted) {
  rlimit files{};
  if (getrlimit(RLIMIT_NOFILE, &files) != 0 || files.rlim_cur == RLIM_INFINITY) return wanted;
  return std::min<std::size_t>(wanted, files.rlim_cur / 2);
}
}  // namespace

class Server::Listener {
 public:
  Listener(ServerOptions options, Router router)
      : options_(std::move(options)),
        router_(std::move(router)),
        connections_max_(connections_limit(options_.connections_max)),
        connections_(options_, router_, io_, pool_),
        pool_(std::max(1U, options_.workers)),
        acceptor_(asio::make_strand(io_)),
        pause_(acceptor_.get_executor()) {
    listen();
  }

  ~Listener() {
    connections_.detach();
    pool_.join();  // what waits for a disk ends by itself; it may still hand work to io_
    io_.stop();
    for (auto& thread : threads_) thread.join();
  }

  std::uint16_t port() const { return port_; }

  void start() {
    accept();
    for (unsigned i = 0; i < std::max(1U, options_.threads); ++i) {
      threads_.emplace_back([this] {
        // A handler that throws is gone with its connection. The others are served on.
        while (!run_guarded("the server", [this] { io_.run(); })) {
        }
      });
    }
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
      if (error) {
        spdlog::warn("cannot accept a connection: {}", error.message());
        pause_.expires_after(kAcceptPause);
        pause_.async_wait([this](boost::system::error_code cancelled) {
          if (!cancelled) accept();
        });
        return;
      }
      // At the limit a connection is closed at once: its client can try again, one left in the backlog only waits.
      if (connections_.open() < connections_max_) hand_over(std::move(socket));
      accept();
    });
  }

  void hand_over(tcp::socket socket) {
    boost::system::error_code error;
    socket.set_option(tcp::no_delay(true), error);
    const int handle = socket.release(error);
    if (!error) connections_.serve(handle, is_v6_);
  }

  const ServerOptions options_;
  const Router router_;
  const std::size_t connections_max_;
  Connections connections_;  // before io_, whose end is the end of each connection
  asio::io_context io_;
  asio::thread_pool pool_;
  tcp::acceptor acceptor_;  // on a strand, as drain() closes it while a connection may be coming in
  asio::steady_timer pause_;
  std::uint16_t port_ = 0;
  bool is_v6_ = false;
  std::vector<std::thread> threads_;
};

Server::Server(ServerOptions options, Router router)
    : listener_(std::make_unique<Listener>(std::move(options), std::move(router))) {}
Server::~Server() = default;
std::uint16_t Server::port() const { return listener_->port(); }
void Server::start() { listener_->start(); }
void Server::drain(std::chrono::milliseconds grace) { listener_->drain(grace); }

}  // namespace stepd::api
