// The set of open connections and the order in which they end.
#include "api/open_connections.h"

#include "base/guarded.h"

#include "base/mutex.h"

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

Connections::Connections(const ServerOptions& options, SeatLimits limits, const Router& router, IoContexts& io,
                         boost::asio::thread_pool& pool)
    : context_{options, router, {options.allowed_hosts}, io, pool, *this, *this, {}, {}, {}},
      gate_(std::make_shared<Gate>()),
      seats_(limits) {
  context_.gate = gate_;
  context_.closed = [this](const Connection* connection) { remove(connection); };
}

void Connections::serve(int socket, bool ipv6, const std::string& peer, bool scarce) {
  auto connection = make_connection(context_, socket, ipv6);
  std::vector<std::shared_ptr<Connection>> gone;
  std::optional<Service> service;
  {
    const MutexLock lock(mutex_);
    open_.emplace(connection.get(), connection);
    const auto taken = seats_.take(connection.get(), peer, scarce);
    service = taken.service;
    for (const auto* holder : taken.to_be_closed) {
      if (auto found = find(holder)) gone.push_back(std::move(found));
    }
  }
  dismiss(gone);
  if (service) {
    connection->begin(*service);
  } else {
    connection->refuse();
  }
}

bool Connections::make_room() {
  std::shared_ptr<Connection> gone;
  {
    const MutexLock lock(mutex_);
    const auto oldest = seats_.give_up_oldest();
    if (!oldest) return false;
    gone = find(*oldest);
  }
  if (gone) dismiss({gone});
  return true;
}

void Connections::dismiss(const std::vector<std::shared_ptr<Connection>>& connections) {
  for (const auto& connection : connections) connection->dismiss();
}

std::shared_ptr<Connection> Connections::find(const Connection* connection) const {
  const auto found = open_.find(connection);
  return found == open_.end() ? nullptr : found->second.lock();
}

void Connections::note_refusal() {
  const MutexLock lock(mutex_);
  seats_.note_refusal();
}

SeatTally Connections::tally() const {
  const MutexLock lock(mutex_);
  return seats_.tally();
}

void Connections::become_busy(const Connection* connection) {
  const MutexLock lock(mutex_);
  seats_.become_busy(connection);
}

void Connections::become_idle(const Connection* connection) {
  const MutexLock lock(mutex_);
  seats_.become_idle(connection);
}

bool Connections::begin_waiting(const Connection* connection) {
  const MutexLock lock(mutex_);
  return seats_.begin_waiting(connection);
}

void Connections::end_waiting(const Connection* connection) {
  const MutexLock lock(mutex_);
  seats_.end_waiting(connection);
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
  seats_.leave(connection);
  closed_.notify_all();
}

}  // namespace stepd::api
