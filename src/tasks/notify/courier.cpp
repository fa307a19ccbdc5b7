#include "tasks/notify/courier.h"

#include "base/nearest_word.h"
#include "base/payload.h"
#include "tasks/notify/post.h"
#include "tasks/notify/spool.h"
#include "tasks/notify/topic_file.h"

#include <pthread.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <nlohmann/json.hpp>
#include <thread>
#include <variant>

namespace stepd::tasks {
namespace {

using Moment = std::chrono::steady_clock::time_point;

/// How often spools are looked into that another process may have written to, or left.
constexpr std::chrono::seconds kScan{5};
constexpr std::chrono::seconds kGrace{2};
/// Attempts at once at one subscriber: a slow one keeps no connection from the others.
constexpr unsigned kAtOnce = 8;
/// Of a receiver's answer, of which nothing but the status is read.
constexpr std::size_t kResponseBytes = 1024 * 1024;

/// A topic at work.
struct Channel {
  explicit Channel(Topic given) : topic(std::move(given)), log(topic.file), spool(topic.spool) {}
  const Topic topic;
  TopicFile log;
  Spool spool;
  std::map<std::string, unsigned> open;  ///< message -> subscribers that have not got it; the thread's alone
};

struct Delivery {
  std::string id;
  unsigned attempts = 0;  ///< so far
};

/// One subscriber's queue.
struct Lane {
  Channel* channel;
  const Subscriber* subscriber;
  std::unique_ptr<Post> post;
  std::deque<Delivery> ready;
  unsigned under_way = 0;
};

struct Accepted {
  Channel* channel;
  std::string id;
};
struct Answered {
  Lane* lane;
  Delivery delivery;
  Verdict verdict;
};

/// Posts answer into it from their threads; it outlives them all.
struct Inbox {
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::variant<Accepted, Answered>> mail;
  bool closing = false;

  void put(std::variant<Accepted, Answered> one) {
    const std::lock_guard lock(mutex);
    mail.push_back(std::move(one));
    changed.notify_one();
  }
};

Json dead_letter(const Lane& lane, const Delivery& delivery, const std::string& why, const std::string& record,
                 Instant now) {
  auto message = parse_json(record);
  return {{"messageId", delivery.id},
          {"topic", lane.channel->topic.name},
          {"subscriber", lane.subscriber->name},
          {"time", to_rfc3339(now)},
          {"attempts", delivery.attempts},
          {"why", why},
          {"message", message ? *std::move(message) : Json()}};
}

}  // namespace

struct Courier::Room {
  Room(std::vector<Topic> topics, const Clock& given);
  ~Room();

  void run();
  /// False when the thread shall end.
  bool await_mail(std::vector<std::variant<Accepted, Answered>>& mail);
  void scan();
  void take_over(Channel& channel, const std::string& id, bool logged);
  void handle(Accepted& accepted);
  void handle(Answered& answered);
  void finish(Lane& lane, const std::string& id);
  bool bury(const Lane& lane, const Delivery& delivery, const std::string& why);
  void dispatch();
  void send(Lane& lane, Delivery delivery);

  const Clock& clock;
  std::map<std::string, Channel, std::less<>> channels;
  std::vector<std::unique_ptr<Lane>> lanes;
  std::multimap<Moment, std::pair<Lane*, Delivery>> later;
  Moment next_scan{};
  unsigned under_way = 0;
  Inbox inbox;
  std::unique_ptr<HttpClient> http;
  std::thread thread;
};

Courier::Room::Room(std::vector<Topic> topics, const Clock& given) : clock(given) {
  HttpClient::Limits limits;
  limits.response_bytes = kResponseBytes;
  const bool told =
      std::any_of(topics.begin(), topics.end(), [](const Topic& each) { return !each.subscribers.empty(); });
  if (told) http = std::make_unique<HttpClient>(limits);
  for (auto& topic : topics) {
    const std::string name = topic.name;
    Channel& channel = channels.try_emplace(name, std::move(topic)).first->second;
    for (const auto& subscriber : channel.topic.subscribers) {
      auto lane = std::make_unique<Lane>(&channel, &subscriber);
      if (std::holds_alternative<Webhook>(subscriber.target)) {
        lane->post = make_webhook_post(channel.topic, subscriber, *http);
      } else if (std::holds_alternative<Mailbox>(subscriber.target)) {
        lane->post = make_mail_post(channel.topic, subscriber);
      } else {
        lane->post = make_file_post(subscriber);
      }
      lanes.push_back(std::move(lane));
    }
  }
  if (!told) return;
  thread = std::thread([this] { run(); });
  pthread_setname_np(thread.native_handle(), "courier");
}

Courier::Room::~Room() {
  if (!thread.joinable()) return;
  {
    const std::lock_guard lock(inbox.mutex);
    inbox.closing = true;
    inbox.changed.notify_one();
  }
  thread.join();
  lanes.clear();  // before the client that they use
}

bool Courier::Room::await_mail(std::vector<std::variant<Accepted, Answered>>& mail) {
  std::unique_lock lock(inbox.mutex);
  auto due = next_scan;
  if (!later.empty()) due = std::min(due, later.begin()->first);
  inbox.changed.wait_until(lock, due, [&] { return !inbox.mail.empty() || inbox.closing; });
  mail.swap(inbox.mail);
  return !inbox.closing;
}

void Courier::Room::run() {
  std::vector<std::variant<Accepted, Answered>> mail;
  const auto handle_all = [&] {
    for (auto& one : mail) std::visit([this](auto& each) { handle(each); }, one);
    mail.clear();
  };
  while (await_mail(mail)) {
    handle_all();
    if (std::chrono::steady_clock::now() >= next_scan) scan();
    dispatch();
  }
  handle_all();
  dispatch();  // what was published a moment ago gets its first attempt
  const auto end = std::chrono::steady_clock::now() + kGrace;
  while (under_way > 0 && std::chrono::steady_clock::now() < end) {
    {
      std::unique_lock lock(inbox.mutex);
      inbox.changed.wait_until(lock, end, [&] { return !inbox.mail.empty(); });
      mail.swap(inbox.mail);
    }
    handle_all();
  }
}

void Courier::Room::scan() {
  next_scan = std::chrono::steady_clock::now() + kScan;
  for (auto& [name, channel] : channels) {
    if (channel.topic.subscribers.empty() || !channel.spool.claim()) continue;
    for (const auto& id : channel.spool.ids()) {
      if (!channel.open.contains(id)) take_over(channel, id, false);
    }
  }
}

void Courier::Room::take_over(Channel& channel, const std::string& id, bool logged) {
  const auto letter = channel.spool.read(id);
  if (!letter) return spdlog::error("topic {}: {}", channel.topic.name, letter.error().cause);
  // Published for good before anybody hears of it: else the attempt that published it would do so again.
  const auto appended = logged ? Result<void>() : channel.log.append_once(id, letter->record);
  if (!appended) return spdlog::error("topic {}: {}", channel.topic.name, appended.error().cause);
  unsigned count = 0;
  for (auto& lane : lanes) {
    const auto open = letter->open.find(lane->subscriber->name);
    if (lane->channel != &channel || open == letter->open.end()) continue;
    lane->ready.push_back({id, open->second});
    ++count;
  }
  if (count > 0) {
    channel.open[id] = count;
    return;
  }
  if (!letter->open.empty()) {
    spdlog::warn("topic {}: message {} is dropped: its last subscribers are no longer configured", channel.topic.name,
                 id);
  }
  static_cast<void>(channel.spool.remove(id));
}

void Courier::Room::handle(Accepted& accepted) {
  Channel& channel = *accepted.channel;
  if (channel.spool.claim() && !channel.open.contains(accepted.id)) take_over(channel, accepted.id, true);
}

void Courier::Room::handle(Answered& answered) {
  auto& [lane, delivery, verdict] = answered;
  --lane->under_way;
  --under_way;
  if (verdict.kind == Verdict::Kind::Stopped) return;
  const auto& topic = lane->channel->topic.name;
  const auto& name = lane->subscriber->name;
  ++delivery.attempts;
  if (verdict.kind == Verdict::Kind::Delivered) {
    spdlog::info("topic {}: message {} delivered to {}", topic, delivery.id, name);
    return finish(*lane, delivery.id);
  }
  const auto& persistence = lane->subscriber->persistence;
  const bool last = verdict.kind == Verdict::Kind::Refused || delivery.attempts >= persistence.attempts;
  if (last && bury(*lane, delivery, verdict.why)) {
    spdlog::error("topic {}: message {} to {}: {}; it is a dead letter after attempt {}", topic, delivery.id, name,
                  verdict.why, delivery.attempts);
    return finish(*lane, delivery.id);
  }
  const auto pause = last ? persistence.longest_pause : pause_after(persistence, delivery.attempts, delivery.id);
  spdlog::warn("topic {}: message {} to {}: {}; trying again in {} ms", topic, delivery.id, name, verdict.why,
               pause.count());
  static_cast<void>(lane->channel->spool.note_attempts(delivery.id, name, delivery.attempts));
  later.emplace(std::chrono::steady_clock::now() + pause, std::pair(lane, std::move(delivery)));
}

void Courier::Room::finish(Lane& lane, const std::string& id) {
  Channel& channel = *lane.channel;
  const auto open = channel.open.find(id);
  const bool last = --open->second == 0;
  const auto noted = last ? channel.spool.remove(id) : channel.spool.note_done(id, lane.subscriber->name);
  if (!noted) spdlog::error("topic {}: {}; a restart delivers it again", channel.topic.name, noted.error().cause);
  if (last && noted) channel.open.erase(open);
}

bool Courier::Room::bury(const Lane& lane, const Delivery& delivery, const std::string& why) {
  const auto letter = lane.channel->spool.read(delivery.id);
  const std::string record = letter ? letter->record : std::string();
  TopicFile file(lane.subscriber->dead_letters);
  const auto line = print_json(dead_letter(lane, delivery, why, record, clock.now()));
  const auto buried = file.append_once(delivery.id, line);
  if (!buried) spdlog::error("topic {}: no dead letter: {}", lane.channel->topic.name, buried.error().cause);
  return buried.has_value();
}

void Courier::Room::dispatch() {
  const auto now = std::chrono::steady_clock::now();
  while (!later.empty() && later.begin()->first <= now) {
    auto& [lane, delivery] = later.begin()->second;
    lane->ready.push_back(std::move(delivery));
    later.erase(later.begin());
  }
  for (auto& lane : lanes) {
    while (!lane->ready.empty() && lane->under_way < kAtOnce) {
      auto delivery = std::move(lane->ready.front());
      lane->ready.pop_front();
      send(*lane, std::move(delivery));
    }
  }
}

void Courier::Room::send(Lane& lane, Delivery delivery) {
  ++lane.under_way;
  ++under_way;
  const auto letter = lane.channel->spool.read(delivery.id);
  auto answer = [this, lane = &lane, delivery](Verdict verdict) {
    inbox.put(Answered{lane, delivery, std::move(verdict)});
  };
  if (!letter) return answer({Verdict::Kind::Again, letter.error().cause});
  lane.post->send(delivery.id, letter->record, std::move(answer));
}

Courier::Courier(std::vector<Topic> topics, const Clock& clock)
    : room_(std::make_unique<Room>(std::move(topics), clock)) {}

Courier::~Courier() = default;

Result<void> Courier::publish(const std::string& topic, const std::string& id, const Json& record) {
  const auto found = room_->channels.find(topic);
  if (found == room_->channels.end()) {
    std::vector<std::string_view> known;
    for (const auto& [name, channel] : room_->channels) known.push_back(name);
    const std::string near(nearest_word(topic, known));
    return AslError{"Notify.NoSuchTopic",
                    "No topic " + topic + " is configured" + (near.empty() ? "." : "; did you mean " + near + "?")};
  }
  Channel& channel = found->second;
  std::vector<std::string> subscribers;
  const Json attributes = record.value("attributes", Json());
  for (const auto& subscriber : channel.topic.subscribers) {
    if (subscriber.filter.wants(attributes)) subscribers.push_back(subscriber.name);
  }
  const std::string line = print_json(record);
  STEPD_CHECK(channel.log.append_once(id, line, [&]() -> Result<void> {
    if (subscribers.empty()) return {};
    return channel.spool.put(id, line, subscribers);
  }));
  if (!subscribers.empty()) room_->inbox.put(Accepted{&channel, id});
  return {};
}

}  // namespace stepd::tasks
