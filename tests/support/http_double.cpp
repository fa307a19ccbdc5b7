#include "support/http_double.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>

#include <list>
#include <mutex>
#include <thread>

namespace stepd::test {
namespace {

namespace http = boost::beast::http;
using boost::asio::ip::tcp;

}  // namespace

std::string SeenRequest::field(const std::string& name) const {
  for (const auto& [key, value] : fields) {
    if (boost::beast::iequals(key, name)) return value;
  }
  return "";
}

struct HttpDouble::Room {
  Answer answer;
  boost::asio::io_context context;
  tcp::acceptor acceptor{context, tcp::endpoint(boost::asio::ip::address_v4::loopback(), 0)};
  std::mutex mutex;
  std::list<tcp::socket> sockets;
  std::list<std::jthread> threads;
  std::jthread accepting;

  void accept();
  void serve(tcp::socket& socket) const;
};

void HttpDouble::Room::accept() {
  for (;;) {
    boost::system::error_code error;
    tcp::socket socket(context);
    acceptor.accept(socket, error);
    if (error) return;
    const std::lock_guard lock(mutex);
    sockets.push_back(std::move(socket));
    auto& mine = sockets.back();
    threads.emplace_back([this, &mine] { serve(mine); });
  }
}

void HttpDouble::Room::serve(tcp::socket& socket) const {
  boost::beast::flat_buffer buffer;
  boost::system::error_code error;
  for (;;) {
    http::request<http::string_body> request;
    http::read(socket, buffer, request, error);
    if (error) return;
    SeenRequest seen{std::string(request.method_string()), std::string(request.target()), {}, request.body()};
    for (const auto& field : request) seen.fields.emplace_back(field.name_string(), field.value());
    const auto given = answer(seen);
    if (given.hang) {
      http::request<http::string_body> nothing;
      http::read(socket, buffer, nothing, error);
      return;
    }
    http::response<http::string_body> response(static_cast<http::status>(given.status), 11);
    for (const auto& [name, value] : given.fields) response.insert(name, value);
    response.body() = given.body;
    response.prepare_payload();
    http::write(socket, response, error);
    if (error) return;
  }
}

HttpDouble::HttpDouble(Answer answer) : room_(std::make_unique<Room>()) {
  room_->answer = std::move(answer);
  room_->accepting = std::jthread([room = room_.get()] { room->accept(); });
}

HttpDouble::~HttpDouble() {
  // Whoever sits in a blocking call on a socket is woken by its shutdown.
  ::shutdown(room_->acceptor.native_handle(), SHUT_RDWR);
  room_->accepting = {};
  {
    const std::lock_guard lock(room_->mutex);
    for (auto& socket : room_->sockets) ::shutdown(socket.native_handle(), SHUT_RDWR);
  }
  room_->threads.clear();
}

std::string HttpDouble::url() const {
  return "http://127.0.0.1:" + std::to_string(room_->acceptor.local_endpoint().port());
}

}  // namespace stepd::test
