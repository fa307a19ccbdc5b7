// Who holds the server's connections: how many in all, how many of one peer, which of them are idle, and which one goes
// where there is no room. It touches no socket; its owner closes what it names.
//
// 1. A peer at its limit loses its own oldest idle connection, so that it takes no seat of another peer's.
// 2. At the limit of all, the oldest idle connection goes, whoever holds it. Idle: no request is under way.
// 3. Where none is idle a newcomer gets a reserved seat, on which only vital routes are served (Route::vital) and all
//    else is refused with a status: a client that is told can try again, one that is left hanging cannot.
// 4. Requests that wait for something to happen, long polls, take a part of the seats at most: they hold theirs
// longest.
#pragma once

#include <boost/intrusive/list.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace stepd::api {

class Connection;

enum class Service : std::uint8_t { Full, Reserved };

struct SeatLimits {
  std::size_t all = 0;
  std::size_t per_peer = 0;
  std::size_t waiting = 0;
  std::size_t waiting_per_peer = 0;
  std::size_t reserved = 0;
};

/// For /health.
struct SeatTally {
  std::size_t open = 0;
  std::size_t idle = 0;
  std::size_t waiting = 0;  ///< with a long poll
  std::size_t peers = 0;
  SeatLimits limits;
  std::uint64_t refused = 0;      ///< connections and long polls, since the start
  std::uint64_t closed_idle = 0;  ///< to make room, since the start
};

/// Thread: one at a time.
class Seats {
 public:
  using Holder = const Connection*;

  explicit Seats(SeatLimits limits) : limits_(limits) {}
  Seats(const Seats&) = delete;
  Seats& operator=(const Seats&) = delete;
  ~Seats();

  struct Taken {
    std::optional<Service> service;      ///< none: not even a reserved seat is free
    std::vector<Holder> to_be_closed{};  ///< they have lost their seats and are to end as soon as they owe no answer
  };
  /// A new connection, which is idle. `scarce`: the process is short of descriptors, so there is no seat but a
  /// reserved.
  Taken take(Holder holder, const std::string& peer, bool scarce);
  void leave(Holder holder);

  void become_busy(Holder holder);
  void become_idle(Holder holder);
  /// False: too many wait already. The holder is busy until end_waiting().
  bool begin_waiting(Holder holder);
  void end_waiting(Holder holder);

  /// The oldest idle connection loses its seat.
  std::optional<Holder> give_up_oldest();
  void note_refusal() { ++refused_; }

  SeatTally tally() const;

 private:
  struct InAll;
  struct OfPeer;
  using AllHook = boost::intrusive::list_base_hook<boost::intrusive::tag<InAll>>;
  using PeerHook = boost::intrusive::list_base_hook<boost::intrusive::tag<OfPeer>>;
  struct Peer;
  struct Seat : AllHook, PeerHook {
    Holder holder = nullptr;
    Peer* peer = nullptr;  ///< null on a reserved seat, and of a connection that has lost its seat
    bool reserved = false;
    bool idle = false;
    bool waits = false;
  };
  using IdleInAll = boost::intrusive::list<Seat, boost::intrusive::base_hook<AllHook>>;
  using IdleOfPeer = boost::intrusive::list<Seat, boost::intrusive::base_hook<PeerHook>>;
  struct Peer {
    std::string address;
    std::size_t seats = 0;
    std::size_t waiting = 0;
    IdleOfPeer idle;
  };

  Taken take_reserved(Seat& seat, std::vector<Holder> to_be_closed);
  Holder give_up(Seat& seat);
  void unlink(Seat& seat);
  void release(Seat& seat);

  const SeatLimits limits_;
  std::unordered_map<Holder, Seat> seats_;
  std::unordered_map<std::string, Peer> peers_;
  IdleInAll idle_;           ///< oldest first
  IdleInAll idle_reserved_;  ///< the same, of reserved seats
  std::size_t taken_ = 0;
  std::size_t reserved_ = 0;
  std::size_t waiting_ = 0;
  std::uint64_t refused_ = 0;
  std::uint64_t closed_idle_ = 0;
};

}  // namespace stepd::api
