#include "api/seats.h"

#include "base/assert.h"

namespace stepd::api {

Seats::~Seats() {
  idle_.clear();
  idle_reserved_.clear();
  for (auto& [address, peer] : peers_) peer.idle.clear();
}

Seats::Taken Seats::take(Holder holder, const std::string& address, bool scarce) {
  Seat& seat = seats_[holder];
  seat.holder = holder;
  Peer& peer = peers_[address];
  peer.address = address;
  // The newcomer counts from here on, which keeps the peer's entry while another seat of it is given up.
  seat.peer = &peer;
  ++peer.seats;
  ++taken_;
  std::vector<Holder> gone;
  if (peer.seats > limits_.per_peer) {
    if (!peer.idle.empty()) gone.push_back(give_up(peer.idle.front()));
  } else if ((scarce || taken_ > limits_.all) && !idle_.empty()) {
    gone.push_back(give_up(idle_.front()));
  }
  if (scarce || peer.seats > limits_.per_peer || taken_ > limits_.all) return take_reserved(seat, std::move(gone));
  become_idle(holder);
  return {Service::Full, std::move(gone)};
}

/// Of those that have not asked yet the oldest makes room: whoever holds on to a reserved seat does not need it.
Seats::Taken Seats::take_reserved(Seat& seat, std::vector<Holder> to_be_closed) {
  release(seat);
  if (reserved_ >= limits_.reserved) {
    if (idle_reserved_.empty()) {
      ++refused_;
      const Holder holder = seat.holder;
      seats_.erase(holder);
      return {std::nullopt, std::move(to_be_closed)};
    }
    to_be_closed.push_back(give_up(idle_reserved_.front()));
  }
  seat.reserved = true;
  ++reserved_;
  become_idle(seat.holder);
  return {Service::Reserved, std::move(to_be_closed)};
}

/// The seat is free for another at once; the connection itself may still have to end.
Seats::Holder Seats::give_up(Seat& seat) {
  ++(seat.reserved ? refused_ : closed_idle_);
  unlink(seat);
  release(seat);
  return seat.holder;
}

void Seats::unlink(Seat& seat) {
  if (!seat.idle) return;
  seat.idle = false;
  if (seat.reserved) {
    idle_reserved_.erase(idle_reserved_.iterator_to(seat));
    return;
  }
  idle_.erase(idle_.iterator_to(seat));
  seat.peer->idle.erase(seat.peer->idle.iterator_to(seat));
}

void Seats::release(Seat& seat) {
  if (seat.reserved) --reserved_;
  seat.reserved = false;
  if (seat.peer == nullptr) return;
  if (seat.waits) end_waiting(seat.holder);
  --taken_;
  if (--seat.peer->seats == 0) {
    const std::string address = seat.peer->address;
    peers_.erase(address);
  }
  seat.peer = nullptr;
}

void Seats::leave(Holder holder) {
  const auto found = seats_.find(holder);
  if (found == seats_.end()) return;
  unlink(found->second);
  release(found->second);
  seats_.erase(found);
}

void Seats::become_busy(Holder holder) {
  const auto found = seats_.find(holder);
  if (found != seats_.end()) unlink(found->second);
}

void Seats::become_idle(Holder holder) {
  const auto found = seats_.find(holder);
  if (found == seats_.end()) return;
  Seat& seat = found->second;
  if (seat.idle || (seat.peer == nullptr && !seat.reserved)) return;
  seat.idle = true;
  if (seat.reserved) {
    idle_reserved_.push_back(seat);
    return;
  }
  idle_.push_back(seat);
  seat.peer->idle.push_back(seat);
}

bool Seats::begin_waiting(Holder holder) {
  const auto found = seats_.find(holder);
  if (found == seats_.end() || found->second.peer == nullptr) return true;  // it ends after its answer in any case
  Seat& seat = found->second;
  if (waiting_ >= limits_.waiting || seat.peer->waiting >= limits_.waiting_per_peer) {
    ++refused_;
    return false;
  }
  seat.waits = true;
  ++waiting_;
  ++seat.peer->waiting;
  return true;
}

void Seats::end_waiting(Holder holder) {
  const auto found = seats_.find(holder);
  if (found == seats_.end() || !found->second.waits) return;
  found->second.waits = false;
  --waiting_;
  --found->second.peer->waiting;
}

std::optional<Seats::Holder> Seats::give_up_oldest() {
  if (idle_.empty()) return std::nullopt;
  return give_up(idle_.front());
}

SeatTally Seats::tally() const {
  return {seats_.size(), idle_.size(), waiting_, peers_.size(), limits_, refused_, closed_idle_};
}

}  // namespace stepd::api
