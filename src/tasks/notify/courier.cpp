#include "tasks/notify/courier.h"

#include "base/guarded.h"
#include "base/mutex.h"
#include "base/payload.h"
#include "tasks/notify/topic_file.h"

#include <pthread.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>
#include <utility>
#include <variant>

namespace stepd::tasks {
namespace {

/// The longest sleep: a clock that is set back delays nothing for longer.
constexpr std::chrono::seconds kSleep{5};
constexpr std::chrono::seconds kGrace{2};
/// What the store did not take or answer is tried again after so long.
constexpr std::chrono::seconds kStoreAgain{1};

/// What became of a message, as the store shall have it; none: as if it had not been tried.
struct Gone {};
using Note = std::variant<std::monostate, Gone, OutboxHead>;

/// A message in hand: nobody else takes it, and a crash lets go of it.
struct Claim {
  unsigned attempts = 0;  ///< that have failed
  Note note;              ///< once the attempt has ended
  bool writing = false;   ///< the note is on its way to the store
  Instant again;          ///< when to write it, if it could not be
};

struct Lane {
  Destination destination;
  std::map<std::string, Claim> claims;  ///< by message, at most kAttemptsAtOnce
  Instant look;                         ///< when the outbox may have something for it
};

struct Answered {
  Lane* lane;
  std::string id;
  Verdict verdict;
};
struct Noted {
  Lane* lane;
  std::string id;
  bool stored;
};
using Letter = std::variant<Answered, Noted>;

/// Posts and the store answer into it from their threads; it outlives the courier for the sake of late ones.
struct Mailbag {
  Mutex mutex;
  ConditionVariable changed;
  std::vector<Letter> letters STEPD_GUARDED_BY(mutex);
  bool woken STEPD_GUARDED_BY(mutex) = true;
  bool closing STEPD_GUARDED_BY(mutex) = false;

  void put(Letter letter) {
    const MutexLock lock(mutex);
    letters.push_back(std::move(letter));
    changed.notify_one();
  }
};

/// For messages whose subscriber or rule is gone.
class NoPost final : public Post {
 public:
  void send(const std::string&, const std::string&, std::function<void(Verdict)> done) override {
    done({Verdict::Kind::Refused, "it is no longer configured"});
  }
};

/// What the message says of itself comes as it is, if it is JSON.
Json dead_letter(const std::string& destination, const std::string& id, unsigned attempts, const std::string& why,
                 const std::string& body, Instant now) {
  auto message = parse_json(body);
  // "topic/NAME/SUBSCRIBER": the configuration lets no name have a slash.
  const auto first = destination.find('/');
  const auto second = destination.find('/', first + 1);
  return {{"messageId", id},
          {"topic", destination.substr(first + 1, second - first - 1)},
          {"subscriber", destination.substr(second + 1)},
          {"time", to_rfc3339(now)},
          {"attempts", attempts},
          {"why", why},
          {"message", message ? *std::move(message) : Json()}};
}

}  // namespace

class Courier::Desk {
 public:
  Desk(Outbox& outbox, const Clock& clock, std::vector<Destination> destinations) : outbox_(outbox), clock_(clock) {
    for (auto& destination : destinations) add(std::move(destination));
    add_forsaken();
  }

  void start() {
    if (lanes_.empty()) return;
    thread_ = std::thread([this] { run(); });
    pthread_setname_np(thread_.native_handle(), "courier");
  }

  void wake() {
    const MutexLock lock(bag_->mutex);
    bag_->woken = true;
    bag_->changed.notify_one();
  }

  void stop() {
    {
      const MutexLock lock(bag_->mutex);
      bag_->closing = true;
      bag_->changed.notify_one();
    }
    if (thread_.joinable()) thread_.join();
  }

  void give_up() {
    for (auto& lane : lanes_) {
      for (;;) {
        const auto heads = outbox_.next(lane->destination.name, kAttemptsAtOnce);
        if (!heads || heads->empty()) break;
        for (const auto& head : *heads) {
          bury(*lane, head.id, head.attempts, "the process ends");
          outbox_.remove(lane->destination.name, head.id, [](bool) {});
        }
      }
    }
  }

  Instant step() {
    take_letters();
    auto next = clock_.now() + kSleep;
    for (auto& lane : lanes_) {
      write_notes(*lane);
      fill(*lane);
      if (lane->claims.size() < kAttemptsAtOnce) next = std::min(next, lane->look);
      for (const auto& [id, claim] : lane->claims) {
        if (claim.note.index() != 0 && !claim.writing) next = std::min(next, claim.again);
      }
    }
    return next;
  }

  std::size_t under_way() const {
    std::size_t count = 0;
    for (const auto& lane : lanes_) count += lane->claims.size();
    return count;
  }

 private:
  void add(Destination destination) {
    auto lane = std::make_unique<Lane>();
    lane->destination = std::move(destination);
    lanes_.push_back(std::move(lane));
  }

  void add_forsaken() {
    const auto all = outbox_.destinations();
    if (!all) return spdlog::error("courier: {}", all.error().cause);
    for (const auto& name : *all) {
      const auto is_known = [&](const auto& lane) { return lane->destination.name == name; };
      if (std::none_of(lanes_.begin(), lanes_.end(), is_known)) add({name, std::make_unique<NoPost>()});
    }
  }

  void run() {
    while (await(guarded_step())) continue;
    guarded_step();  // what was put a moment ago gets its first attempt
    closed_ = true;
    const auto end = std::chrono::steady_clock::now() + kGrace;
    while (under_way() > 0 && std::chrono::steady_clock::now() < end) {
      {
        MutexLock lock(bag_->mutex);
        bag_->changed.wait_until(lock, end, [&]() STEPD_REQUIRES(bag_->mutex) { return !bag_->letters.empty(); });
      }
      guarded_step();
    }
  }

  Instant guarded_step() {
    auto next = clock_.now() + kStoreAgain;
    run_guarded("the courier", [&] { next = step(); });
    return next;
  }

  /// False when the thread shall end.
  bool await(Instant next) {
    MutexLock lock(bag_->mutex);
    bag_->changed.wait_for(
        lock, std::max(next - clock_.now(), std::chrono::milliseconds{0}),
        [&]() STEPD_REQUIRES(bag_->mutex) { return bag_->woken || !bag_->letters.empty() || bag_->closing; });
    return !bag_->closing;
  }

  void take_letters() {
    std::vector<Letter> letters;
    bool woken = false;
    {
      const MutexLock lock(bag_->mutex);
      letters.swap(bag_->letters);
      woken = std::exchange(bag_->woken, false);
    }
    for (auto& letter : letters) std::visit([this](auto& each) { handle(each); }, letter);
    if (!woken) return;
    for (auto& lane : lanes_) lane->look = {};
    warn_of_dropped();
  }

  /// Executions go on where the outbox is full, and only a count remembers what they had to tell.
  void warn_of_dropped() {
    const auto dropped = outbox_.dropped();
    if (!dropped) return;
    if (dropped_ && *dropped > *dropped_) {
      spdlog::error("courier: {} messages of executions are dropped: too many wait for their delivery",
                    *dropped - *dropped_);
    }
    dropped_ = *dropped;
  }

  void handle(Answered& answered) {
    auto& [lane, id, verdict] = answered;
    const auto found = lane->claims.find(id);
    if (found == lane->claims.end() || found->second.note.index() != 0) return;  // answered before
    auto& claim = found->second;
    if (verdict.kind == Verdict::Kind::Stopped) return release(*lane, id);
    claim.note = judge(*lane, id, ++claim.attempts, verdict);
  }

  void handle(const Noted& noted) {
    auto& claim = noted.lane->claims.at(noted.id);
    claim.writing = false;
    if (noted.stored) return release(*noted.lane, noted.id);
    claim.again = clock_.now() + kStoreAgain;
  }

  static void release(Lane& lane, const std::string& id) {
    lane.claims.erase(id);
    lane.look = {};
  }

  Note judge(const Lane& lane, const std::string& id, unsigned attempts, const Verdict& verdict) const {
    const auto& [name, post, persistence, dead_letters] = lane.destination;
    if (verdict.kind == Verdict::Kind::Delivered) {
      spdlog::info("{}: message {} delivered", name, id);
      return Gone{};
    }
    const bool last = verdict.kind == Verdict::Kind::Refused || attempts >= persistence.attempts;
    if (last && bury(lane, id, attempts, verdict.why)) return Gone{};
    const auto pause = last ? persistence.longest_pause : pause_after(persistence, attempts, id);
    spdlog::warn("{}: message {}: {}; trying again in {} ms", name, id, verdict.why, pause.count());
    return OutboxHead{id, attempts, clock_.now() + pause};
  }

  /// Whether it may go: where dead letters are kept, it is one.
  bool bury(const Lane& lane, const std::string& id, unsigned attempts, const std::string& why) const {
    const auto& [name, post, persistence, dead_letters] = lane.destination;
    if (dead_letters.empty()) {
      spdlog::error("{}: message {}: {}; it is dropped after attempt {}", name, id, why, attempts);
      return true;
    }
    const auto buried = write_dead_letter(lane, id, attempts, why);
    if (buried) {
      spdlog::error("{}: message {}: {}; it is a dead letter after attempt {}", name, id, why, attempts);
    } else {
      spdlog::error("{}: message {}: no dead letter: {}", name, id, buried.error().cause);
    }
    return buried.has_value();
  }

  Result<void> write_dead_letter(const Lane& lane, const std::string& id, unsigned attempts,
                                 const std::string& why) const {
    const auto& name = lane.destination.name;
    STEPD_TRY(const auto body, outbox_.body(name, id));
    const auto line = print_json(dead_letter(name, id, attempts, why, body.value_or(""), clock_.now()));
    return TopicFile(lane.destination.dead_letters).append_once(id, line);
  }

  void write_notes(Lane& lane) {
    for (auto& [id, claim] : lane.claims) {
      if (claim.note.index() == 0 || claim.writing || claim.again > clock_.now()) continue;
      claim.writing = true;
      auto noted = [bag = bag_, to = &lane, message = id](bool stored) { bag->put(Noted{to, message, stored}); };
      if (const auto* head = std::get_if<OutboxHead>(&claim.note)) {
        outbox_.put_off(lane.destination.name, *head, std::move(noted));
      } else {
        outbox_.remove(lane.destination.name, id, std::move(noted));
      }
    }
  }

  /// Begins what is due, as long as there is a place for it.
  void fill(Lane& lane) {
    const auto now = clock_.now();
    if (closed_ || lane.look > now || lane.claims.size() >= kAttemptsAtOnce) return;
    // Those in hand may be among the first.
    const auto heads = outbox_.next(lane.destination.name, kAttemptsAtOnce + 1 + lane.claims.size());
    lane.look = now + kSleep;
    if (!heads) {
      spdlog::error("{}: {}", lane.destination.name, heads.error().cause);
      return;
    }
    for (const auto& head : *heads) {
      if (lane.claims.contains(head.id)) continue;
      if (head.not_before > now) {
        lane.look = std::min(lane.look, head.not_before);
        return;
      }
      if (lane.claims.size() >= kAttemptsAtOnce) return;
      send(lane, head);
    }
  }

  void send(Lane& lane, const OutboxHead& head) {
    const auto body = outbox_.body(lane.destination.name, head.id);
    if (!body) return spdlog::error("{}: {}", lane.destination.name, body.error().cause);
    if (!*body) return;  // it is gone
    lane.claims[head.id].attempts = head.attempts;
    auto answered = [bag = bag_, to = &lane, id = head.id](Verdict verdict) {
      bag->put(Answered{to, id, std::move(verdict)});
    };
    const bool sent = run_guarded("the courier", [&] { lane.destination.post->send(head.id, **body, answered); });
    if (!sent) answered({Verdict::Kind::Again, "an internal error"});
  }

  Outbox& outbox_;
  const Clock& clock_;
  std::shared_ptr<Mailbag> bag_ = std::make_shared<Mailbag>();
  std::vector<std::unique_ptr<Lane>> lanes_;
  std::optional<std::uint64_t> dropped_;  ///< as it was when last looked at
  bool closed_ = false;                   ///< begins nothing more
  std::thread thread_;
};

Courier::Courier(Outbox& outbox, const Clock& clock, std::vector<Destination> destinations)
    : desk_(std::make_unique<Desk>(outbox, clock, std::move(destinations))) {}

Courier::~Courier() { stop(); }

void Courier::start() { desk_->start(); }
void Courier::wake() { desk_->wake(); }
void Courier::stop() { desk_->stop(); }
void Courier::give_up() { desk_->give_up(); }
Instant Courier::step() { return desk_->step(); }
std::size_t Courier::under_way() const { return desk_->under_way(); }

}  // namespace stepd::tasks
