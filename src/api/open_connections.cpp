// The set of open connections and the order in which they end.
#include "api/open_connections.h"

#include "base/guarded.h"

#include "base/mutex.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <vector>

namespace stepd::api {

void Gate::pass(const std::function<void()>& work) {
  const MutexLock lock(mutex_);
  if (open_) work();
}

void Gate::close() {
  const MutexLock lock(mutex_);
  open_ = false;
}

Connections::Connections(const ServerOptions& options, const Router& router, boost::asio::io_context& io,
                         boost::asio::thread_pool& pool)
    : context_{options, router, {options.allowed_hosts}, io, pool, *this, {}, {}, {}}, gate_(std::make_shared<Gate>()) {
  context_.gate = gate_;
  context_.closed = [this](const Connection* connection) { remove(connection); };
}

void Connections::serve(int socket, bool ipv6) {
  auto connection = make_connection(context_, socket, ipv6);
  {
    const MutexLock lock(mutex_);
    open_.emplace(connection.get(), connection);
  }
  connection->begin();
}

void Connections::post(std::function<void()> work) {
  boost::asio::post(context_.pool, [work = std::move(work)] { run_guarded("a worker of the server", work); });
}

std::size_t Connections::open() const {
  const MutexLock lock(mutex_);
  return open_.size();
}

void Connections::finish() {
  context_.finishing = true;
  std::vector<std::shared_ptr<Connection>> open;  // outlives the lock, as the last owner of one takes it again
  {
    const MutexLock lock(mutex_);
    for (const auto& [address, weak] : open_) {
      if (auto connection = weak.lock()) open.push_back(std::move(connection));
    }
  }
  for (const auto& connection : open) connection->close_if_idle();
}

bool Connections::wait_until_closed(std::chrono::steady_clock::time_point deadline) {
  MutexLock lock(mutex_);
  return closed_.wait_until(lock, deadline, [this]() STEPD_REQUIRES(mutex_) { return open_.empty(); });
}

void Connections::detach() { gate_->close(); }

void Connections::remove(const Connection* connection) {
  const MutexLock lock(mutex_);
  open_.erase(connection);
  closed_.notify_all();
}

}  // namespace stepd::api
