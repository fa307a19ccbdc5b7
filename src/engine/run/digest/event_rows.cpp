#include "engine/run/digest/event_rows.h"

#include "engine/core/history.h"
#include "engine/run/journal.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>

namespace stepd::run {
namespace {

namespace event = core::event;

constexpr std::size_t kVisitRowsAtOnce = 500;

/// Payloads of one page of rows, until they are too much.
class FewPayloads final : public core::StoredPayloads {
 public:
  FewPayloads(const storage::Reader& reader, storage::ExecutionId id, std::size_t bytes)
      : payloads_(reader, id), left_(bytes) {}

  Payload find(std::int64_t number) override {
    if (left_ == 0) {
      cut_ = true;
      return {};
    }
    auto payload = payloads_.find(number);
    left_ -= std::min(left_, payload.size());
    return payload;
  }
  bool cut() const { return cut_; }

 private:
  ExecutionPayloads payloads_;
  std::size_t left_;
  bool cut_ = false;
};

class UnreadPayloads final : public core::StoredPayloads {
 public:
  Payload find(std::int64_t) override { return empty_; }

 private:
  const Payload empty_;
};

std::string own_type(const core::EventBody& body) {
  if (std::holds_alternative<event::RetryPlanned>(body)) return "RetryPlanned";
  if (std::holds_alternative<event::TimerArmed>(body)) return "TimerArmed";
  if (std::holds_alternative<event::TaskBeat>(body)) return "TaskHeartbeat";
  if (std::holds_alternative<event::BranchesOpened>(body)) return "BranchesOpened";
  if (std::holds_alternative<event::FrameFinished>(body)) return "BranchFinished";
  if (std::holds_alternative<event::FrameFailed>(body)) return "BranchFailed";
  if (std::holds_alternative<event::TaskRestarted>(body)) return "TaskRestarted";
  return "Note";
}

std::string cut_text(const std::string& text) {
  if (text.size() <= kEventTextBytes) return text;
  auto end = kEventTextBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

/// What the details of a history event say in a line: the error, else the data, else the resource.
std::string line_of_details(const Json& history) {
  for (const auto& row : history.items()) {
    const Json& details = row.value();
    if (!details.is_object()) continue;
    const auto text = [&details](const char* member) {
      const auto found = details.find(member);
      return found != details.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    if (const auto error = text("error"); !error.empty() || details.contains("cause")) {
      const auto cause = text("cause");
      return error + (error.empty() || cause.empty() ? "" : ": ") + cause;
    }
    for (const char* member : {"parameters", "input", "output", "resource"}) {
      if (auto data = text(member); !data.empty()) return data;
    }
    if (const auto index = details.find("index"); index != details.end()) return "item " + index->dump();
  }
  return {};
}

}  // namespace

std::vector<EventRow> read_event_rows(const storage::Reader& reader, storage::ExecutionId id,
                                      const ExecutionDigest& digest, core::EventNumber from, std::size_t count) {
  std::vector<EventRow> rows;
  FewPayloads payloads(reader, id, kEventDataBytes);
  for (const auto& stored : reader.events(id, from, count, false)) {
    const auto event = core::decode_event(stored.data, payloads);
    EventRow row{event.number, event.history_id, event.at, {}, digest.state_name_of(event.number), {}};
    if (event.history_id == 0) {
      row.type = own_type(event.body);
      if (const auto* retry = std::get_if<event::RetryPlanned>(&event.body)) row.text = "at " + to_rfc3339(retry->due);
      if (const auto* timer = std::get_if<event::TimerArmed>(&event.body)) row.text = "until " + to_rfc3339(timer->due);
    } else {
      const auto history = core::history_of(event, core::Payloads::Included);
      row.type = history.at("type").get<std::string>();
      row.text = cut_text(line_of_details(history));
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

namespace {

/// Follows one frame from an entry to what ends the visit.
class VisitReader {
 public:
  VisitReader(const storage::Reader& reader, storage::ExecutionId id) : reader_(reader), id_(id) {}

  std::optional<StateVisit> read(core::EventNumber entry) {
    const auto first = full(entry);
    if (!first || !std::holds_alternative<event::StateEntered>(first->body)) return std::nullopt;
    const auto& entered = std::get<event::StateEntered>(first->body);
    data_.state = entered.state;
    data_.input = entered.input;
    frame_ = first->frame;
    UnreadPayloads unread;
    for (auto from = entry + 1; !ended_;) {
      const auto rows = reader_.events(id_, from, kVisitRowsAtOnce, false);
      for (const auto& row : rows) {
        const auto event = core::decode_event(row.data, unread);
        if (event.frame == frame_ && !ended_) take(event);
      }
      if (rows.size() < kVisitRowsAtOnce) break;
      from = rows.back().number + 1;
    }
    if (!data_.attempts.empty()) {
      const auto last = full(data_.attempts.back().event);
      if (const auto* call = last ? std::get_if<event::TaskScheduled>(&last->body) : nullptr)
        data_.attempts.back().input = call->input;
    }
    return std::move(data_);
  }

 private:
  std::optional<core::Event> full(core::EventNumber number) {
    const auto rows = reader_.events(id_, number, 1, false);
    if (rows.empty() || rows.front().number != number) return std::nullopt;
    ExecutionPayloads payloads(reader_, id_);
    return core::decode_event(rows.front().data, payloads);
  }

  void take(const core::Event& event) {
    if (const auto* call = std::get_if<event::TaskScheduled>(&event.body)) {
      if (data_.attempts.size() < kStateAttempts)
        data_.attempts.push_back({event.number, event.at, call->label.resource, {}, {}, {}, {}});
    } else if (const auto* failed = std::get_if<event::TaskFailed>(&event.body)) {
      end(event, &failed->failure);
    } else if (const auto* late = std::get_if<event::TaskTimedOut>(&event.body)) {
      end(event, &late->failure);
    } else if (const auto* refused = std::get_if<event::TaskScheduleFailed>(&event.body)) {
      end(event, &refused->failure);
    } else if (const auto* expression = std::get_if<event::EvaluationFailed>(&event.body)) {
      end(event, &expression->failure);
    } else if (std::holds_alternative<event::TaskSucceeded>(event.body)) {
      end(event, nullptr);
    } else if (const auto* retry = std::get_if<event::RetryPlanned>(&event.body)) {
      if (!data_.attempts.empty()) data_.attempts.back().retried_at = retry->due;
    } else if (std::holds_alternative<event::StateExited>(event.body)) {
      ended_ = true;
      const auto whole = full(event.number);
      if (!whole) return;
      const auto& exited = std::get<event::StateExited>(whole->body);
      data_.output = exited.output;
      data_.next = exited.next;
      data_.caught = !data_.attempts.empty() && data_.attempts.back().failure.error.has_value();
      data_.assigned = exited.assigned;
    } else if (std::holds_alternative<event::StateEntered>(event.body)) {
      ended_ = data_.caught = true;
      const auto whole = full(event.number);
      if (!whole) return;
      data_.next = std::get<event::StateEntered>(whole->body).state;
      data_.output = std::get<event::StateEntered>(whole->body).input;
    } else if (std::holds_alternative<event::StateAborted>(event.body)) {
      ended_ = true;
    }
  }

  void end(const core::Event& event, const core::Failure* failure) {
    if (data_.attempts.empty()) return;
    data_.attempts.back().ended_at = event.at;
    if (failure != nullptr) data_.attempts.back().failure = *failure;
  }

  const storage::Reader& reader_;
  const storage::ExecutionId id_;
  core::FrameId frame_{};
  StateVisit data_;
  bool ended_ = false;
};

// ---- objects ------------------------------------------------------------------------------------------------------

constexpr std::size_t kUseEvents = 3'000;
constexpr std::size_t kUseBytes = 8u << 20;
constexpr int kUseDepth = 12;
constexpr std::size_t kUseItems = 200;  // of one array or object

using Names = std::pair<const char*, const char*>;

std::string_view text_member(const Value& object, std::string_view name) {
  const auto* member = object.find(name);
  return member != nullptr && member->is_string() ? member->string() : std::string_view();
}

/// `{"bucket": {"name": B}, "object": {"key": K}}`, as S3's and EventBridge's events have it.
std::pair<std::string_view, std::string_view> event_object(const Value& object) {
  const auto* bucket = object.find("bucket");
  const auto* held = object.find("object");
  if (bucket == nullptr || held == nullptr || !bucket->is_object() || !held->is_object()) return {};
  return {text_member(*bucket, "name"), text_member(*held, "key")};
}

class UseFinder {
 public:
  explicit UseFinder(const std::vector<std::string>& buckets) : buckets_(buckets) {}

  void look(const Value& value, bool written, const std::string& state, core::EventNumber number, int depth = 0) {
    if (depth > kUseDepth) return;
    if (value.is_object()) {
      for (const auto& [bucket, key] :
           {Names{"bucket", "key"}, Names{"Bucket", "Key"}, Names{"targetBucket", "targetKey"}})
        note(text_member(value, bucket), text_member(value, key), written, state, number);
      const auto [bucket, key] = event_object(value);
      note(bucket, key, written, state, number);
      std::size_t looked = 0;
      for (const auto& [name, member] : value.members()) {
        if (++looked > kUseItems) break;
        if (member.is_object() || member.is_array()) look(member, written, state, number, depth + 1);
      }
    } else if (value.is_array()) {
      std::size_t looked = 0;
      for (const auto& item : value.items()) {
        if (++looked > kUseItems) break;
        look(item, written, state, number, depth + 1);
      }
    }
  }
  ObjectUses take() { return std::move(uses_); }
  void cut() { uses_.cut = true; }
  bool is_full() const { return uses_.objects.size() >= kObjectUses; }

 private:
  void note(std::string_view bucket, std::string_view key, bool written, const std::string& state,
            core::EventNumber number) {
    if (bucket.empty() || key.empty()) return;
    if (std::find(buckets_.begin(), buckets_.end(), bucket) == buckets_.end()) return;
    const auto known = std::any_of(uses_.objects.begin(), uses_.objects.end(),
                                   [&](const ObjectUse& use) { return use.bucket == bucket && use.key == key; });
    if (known) return;
    if (is_full()) return cut();
    uses_.objects.push_back({std::string(bucket), std::string(key), written, state, number});
  }

  const std::vector<std::string>& buckets_;
  ObjectUses uses_;
};

}  // namespace

std::optional<StateVisit> read_state_visit(const storage::Reader& reader, storage::ExecutionId id,
                                           core::EventNumber entry) {
  return VisitReader(reader, id).read(entry);
}

ObjectUses find_object_uses(const storage::Reader& reader, storage::ExecutionId id, const Payload& input,
                            const ExecutionDigest& digest, const std::vector<std::string>& buckets) {
  UseFinder finder(buckets);
  finder.look(input.value(), false, "", 0);
  FewPayloads payloads(reader, id, kUseBytes);
  std::size_t seen = 0;
  for (core::EventNumber from = 1; seen < kUseEvents;) {
    const auto rows = reader.events(id, from, kVisitRowsAtOnce, false);
    for (const auto& row : rows) {
      ++seen;
      UnreadPayloads unread;
      const auto plain = core::decode_event(row.data, unread);
      const bool call = std::holds_alternative<event::TaskScheduled>(plain.body);
      if (!call && !std::holds_alternative<event::TaskSucceeded>(plain.body)) continue;
      const auto event = core::decode_event(row.data, payloads);
      const auto state = digest.state_name_of(event.number);
      if (call) {
        finder.look(std::get<event::TaskScheduled>(event.body).input.value(), false, state, event.number);
      } else {
        finder.look(std::get<event::TaskSucceeded>(event.body).output.value(), true, state, event.number);
      }
    }
    if (rows.size() < kVisitRowsAtOnce) break;
    from = rows.back().number + 1;
  }
  if (payloads.cut() || seen >= kUseEvents) finder.cut();
  return finder.take();
}

}  // namespace stepd::run
