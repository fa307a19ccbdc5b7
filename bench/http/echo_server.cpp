#include "http/echo_server.h"

#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <string>
#include <thread>
#include <vector>

namespace stepd::bench {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

class EchoServer::Room {
 public:
  explicit Room(std::size_t answer_bytes) : answer_bytes_(answer_bytes) {
    asio::co_spawn(io_, listen(), asio::detached);
    for (int i = 0; i < kThreads; ++i) threads_.emplace_back([this] { io_.run(); });
  }
  ~Room() {
    io_.stop();
    for (auto& thread : threads_) thread.join();
  }
  std::uint16_t port() const { return acceptor_.local_endpoint().port(); }

 private:
  static constexpr int kThreads = 2;

  asio::awaitable<void> listen() {
    for (;;) {
      auto socket = co_await acceptor_.async_accept(asio::make_strand(io_), asio::use_awaitable);
      socket.set_option(tcp::no_delay(true));
      const auto executor = socket.get_executor();
      asio::co_spawn(executor, serve(std::move(socket)), [](std::exception_ptr) {});
    }
  }

  asio::awaitable<void> serve(tcp::socket socket) {
    beast::tcp_stream stream(std::move(socket));
    beast::flat_buffer buffer;
    http::response<http::string_body> answer(http::status::ok, 11);
    answer.set(http::field::content_type, "application/x-amz-json-1.0");
    answer.body().assign(answer_bytes_ > kHeadBytes ? answer_bytes_ - kHeadBytes : 1, 'x');
    answer.prepare_payload();
    for (;;) {
      http::request<http::string_body> request;
      co_await http::async_read(stream, buffer, request, asio::use_awaitable);
      co_await http::async_write(stream, answer, asio::use_awaitable);
    }
  }

  static constexpr std::size_t kHeadBytes = 85;  // of its own answers

  const std::size_t answer_bytes_;
  asio::io_context io_{kThreads};
  tcp::acceptor acceptor_{io_, tcp::endpoint(asio::ip::address_v4::loopback(), 0)};
  std::vector<std::thread> threads_;
};

EchoServer::EchoServer(std::size_t answer_bytes) : room_(std::make_unique<Room>(answer_bytes)) {}
EchoServer::~EchoServer() = default;
std::uint16_t EchoServer::port() const { return room_->port(); }

}  // namespace stepd::bench
