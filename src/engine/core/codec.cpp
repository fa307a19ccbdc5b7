#include "engine/core/codec.h"

#include <array>
#include <utility>

namespace stepd::core {
namespace {

/// 6 has how many events led to an execution; 5 timers for a date and an execution's depth; 4 numbers of payloads; 3
/// what is known of redrives in the head; 2 an execution's secret and parent, and whether a task is submitted. All of
/// them and 1 are still read.
constexpr std::uint8_t kVersion = 6;

// One `describe` per struct serves both directions: an archive either appends the fields or fills them in.

class Writer {
 public:
  static constexpr bool kReads = false;

  /// `payloads` may be null where there are none to write.
  explicit Writer(PayloadNumbers* payloads) : payloads_(payloads) { number(kVersion); }
  static constexpr std::uint64_t version() { return kVersion; }
  void number(std::uint64_t value) {
    while (value >= 0x80) {
      out_ += static_cast<char>(value | 0x80);
      value >>= 7;
    }
    out_ += static_cast<char>(value);
  }
  void text(const std::string& value) {
    number(value.size());
    out_ += value;
  }
  void payload(const Payload& value) {
    const auto given = value.size() <= kInlinePayloadBytes ? 0 : payloads_->number_of(value);
    number(static_cast<std::uint64_t>(given));
    if (given == 0) text(value.text());
  }
  std::string take() { return std::move(out_); }

 private:
  PayloadNumbers* payloads_;
  std::string out_;
};

class Reader {
 public:
  static constexpr bool kReads = true;

  Reader(std::string_view bytes, StoredPayloads* payloads) : rest_(bytes), payloads_(payloads) {
    version_ = number();
    if (version_ == 0 || version_ > kVersion)
      throw CodecError("stored bytes have the unknown version " + std::to_string(version_));
  }
  std::uint64_t version() const { return version_; }

  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (rest_.empty()) throw CodecError("stored bytes end too early");
      const auto byte = static_cast<std::uint8_t>(rest_[0]);
      rest_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if ((byte & 0x80) == 0) return value;
    }
    throw CodecError("a stored number is too long");
  }
  std::string text() {
    const auto size = number();
    if (size > rest_.size()) throw CodecError("stored bytes end too early");
    std::string value(rest_.substr(0, size));
    rest_.remove_prefix(size);
    return value;
  }
  Payload payload() {
    const auto given = version_ >= 4 ? number() : 0;
    return given == 0 ? Payload::trusted(text()) : payloads_->find(static_cast<std::int64_t>(given));
  }
  void expect_end() const {
    if (!rest_.empty()) throw CodecError("stored bytes go on after their end");
  }

 private:
  std::string_view rest_;
  StoredPayloads* payloads_;
  std::uint64_t version_ = 0;
};

template <class Archive>
void field(Archive& a, std::string& value) {
  if constexpr (Archive::kReads)
    value = a.text();
  else
    a.text(value);
}

template <class Archive, class Number>
requires(std::is_integral_v<Number> || std::is_enum_v<Number>) void field(Archive& a, Number& value) {
  if constexpr (Archive::kReads)
    value = static_cast<Number>(a.number());
  else
    a.number(static_cast<std::uint64_t>(value));
}

template <class Archive>
void field(Archive& a, Instant& value) {
  auto count = value.time_since_epoch().count();
  field(a, count);
  value = Instant(std::chrono::milliseconds(count));
}

template <class Archive>
void field(Archive& a, Payload& value) {
  if constexpr (Archive::kReads)
    value = a.payload();
  else
    a.payload(value);
}

template <class Archive, class T>
void field(Archive& a, std::optional<T>& value) {
  bool there = value.has_value();
  field(a, there);
  if (!there) {
    value.reset();
    return;
  }
  if constexpr (Archive::kReads) value.emplace();
  field(a, *value);
}

template <class Archive>
void field(Archive& a, Frame& value);

template <class Archive, class A, class B>
void field(Archive& a, std::pair<A, B>& value) {
  field(a, value.first);
  field(a, value.second);
}

template <class Archive, class T>
void field(Archive& a, std::vector<T>& value) {
  auto size = value.size();
  field(a, size);
  if constexpr (Archive::kReads) {
    value.clear();
    // Each item takes a byte at least, so damaged bytes end before memory does.
    for (std::size_t i = 0; i < size; ++i) field(a, value.emplace_back());
  } else {
    for (auto& item : value) field(a, item);
  }
}

template <class Archive>
void field(Archive& a, Failure& value) {
  field(a, value.error);
  field(a, value.cause);
}

template <class Archive>
void field(Archive& a, ParentLink& value) {
  field(a, value.execution_arn), field(a, value.frame), field(a, value.token), field(a, value.awaits_end);
}

template <class Archive>
void field(Archive& a, Identity& value) {
  field(a, value.arn), field(a, value.name), field(a, value.state_machine_arn), field(a, value.state_machine_name);
  field(a, value.role_arn), field(a, value.region);
  if (a.version() >= 2) field(a, value.secret), field(a, value.parent);
  if (a.version() >= 5) field(a, value.lineage.depth);
  if (a.version() >= 6) field(a, value.lineage.echoes);
}

template <class Archive>
void field(Archive& a, TaskLabel& value) {
  field(a, value.kind), field(a, value.type), field(a, value.resource);
}

template <class Archive, class... Fields>
void fields(Archive& a, Fields&... all) {
  (field(a, all), ...);
}

// ---- events: a new one gets a line here and its place at the end of EventBody ---------------------------------------

template <class A>
void describe(A& a, event::ExecutionStarted& e) {
  fields(a, e.identity, e.input, e.first_state, e.times_out_at);
}
template <class A>
void describe(A& a, event::ExecutionSucceeded& e) {
  fields(a, e.output);
}
template <class A>
void describe(A& a, event::ExecutionFailed& e) {
  fields(a, e.failure);
}
template <class A>
void describe(A& a, event::ExecutionTimedOut& e) {
  fields(a, e.failure);
}
template <class A>
void describe(A& a, event::ExecutionAborted& e) {
  fields(a, e.failure);
}
template <class A>
void describe(A& a, event::StateEntered& e) {
  fields(a, e.state, e.type, e.input);
}
template <class A>
void describe(A& a, event::StateExited& e) {
  fields(a, e.state, e.type, e.output, e.assigned, e.next);
}
template <class A>
void describe(A& a, event::StateAborted& e) {
  fields(a, e.type);
}
template <class A>
void describe(A& a, event::TimerArmed& e) {
  fields(a, e.due);
  if (a.version() >= 5) field(a, e.absolute);
}
template <class A>
void describe(A& a, event::RetryPlanned& e) {
  fields(a, e.retrier, e.due);
}
template <class A>
void describe(A& a, event::TaskScheduled& e) {
  fields(a, e.label, e.input, e.region, e.timeout_seconds, e.heartbeat_seconds, e.role_arn);
}
template <class A>
void describe(A& a, event::TaskStarted& e) {
  fields(a, e.label, e.worker, e.times_out_at, e.heartbeat_due);
}
template <class A>
void describe(A& a, event::TaskBeat& e) {
  fields(a, e.heartbeat_due);
}
template <class A>
void describe(A& a, event::TaskSucceeded& e) {
  fields(a, e.label, e.output);
}
template <class A>
void describe(A& a, event::TaskFailed& e) {
  fields(a, e.label, e.failure);
}
template <class A>
void describe(A& a, event::TaskTimedOut& e) {
  fields(a, e.label, e.failure);
}
template <class A>
void describe(A& a, event::BranchesOpened& e) {
  fields(a, e.input, e.first_states);
}
template <class A>
void describe(A& a, event::MapStarted& e) {
  fields(a, e.items, e.length, e.max_concurrency);
}
template <class A>
void describe(A& a, event::IterationStarted& e) {
  fields(a, e.state, e.index, e.input, e.first_state);
}
template <class A>
void describe(A& a, event::IterationSucceeded& e) {
  fields(a, e.state, e.index);
}
template <class A>
void describe(A& a, event::IterationFailed& e) {
  fields(a, e.state, e.index);
}
template <class A>
void describe(A& a, event::IterationAborted& e) {
  fields(a, e.state, e.index);
}
template <class A>
void describe(A& a, event::FrameFinished& e) {
  fields(a, e.output);
}
template <class A>
void describe(A& a, event::JoinSucceeded& e) {
  fields(a, e.type);
}
template <class A>
void describe(A& a, event::JoinFailed& e) {
  fields(a, e.type);
}
template <class A>
void describe(A& a, event::FrameFailed& e) {
  fields(a, e.failure);
}
template <class A>
void describe(A& a, event::TaskRestarted& e) {
  fields(a, e.times_out_at, e.heartbeat_due);
}

template <class A>
void describe(A& a, event::TaskSubmitted& e) {
  fields(a, e.label, e.output, e.child);
}
template <class A>
void describe(A& a, event::TaskScheduleFailed& e) {
  fields(a, e.label, e.failure);
}
template <class A>
void describe(A& a, event::ExecutionRedriven& e) {
  fields(a, e.count, e.at, e.times_out_at);
  if constexpr (A::kReads) {
    std::vector<Frame> frames;
    field(a, frames);
    e.frames = std::make_shared<const std::vector<Frame>>(std::move(frames));
  } else {
    auto frames = *e.frames;
    field(a, frames);
  }
}

template <class A>
void describe(A& a, event::EvaluationFailed& e) {
  fields(a, e.failure, e.location, e.state);
}

template <class Body>
EventBody read_body_of(Reader& in) {
  Body body;
  describe(in, body);
  return body;
}

/// The alternative of that index, filled from the archive.
template <std::size_t... I>
EventBody read_body(Reader& in, std::size_t index, std::index_sequence<I...>) {
  using Make = EventBody (*)(Reader&);
  static constexpr std::array<Make, sizeof...(I)> kMakers{read_body_of<std::variant_alternative_t<I, EventBody>>...};
  if (index >= kMakers.size()) throw CodecError("an event of unknown kind " + std::to_string(index));
  return kMakers[index](in);
}

// ---- frames
// -----------------------------------------------------------------------------------------------------------

template <class A>
void describe_hot(A&, Ready&) {}
template <class A>
void describe_hot(A& a, AwaitingTimer& s) {
  fields(a, s.due, s.since, s.retry);
  if (a.version() >= 5) field(a, s.absolute);
}
template <class A>
void describe_hot(A& a, AwaitingTask& s) {
  fields(a, s.token, s.started, s.times_out_at, s.heartbeat_due);
  if (a.version() >= 2) field(a, s.submitted), field(a, s.child);
}
template <class A>
void describe_hot(A& a, AwaitingFrames& s) {
  fields(a, s.total, s.opened, s.finished, s.max_concurrency);
}
template <class A>
void describe_hot(A& a, Finished& s) {
  fields(a, s.output);
}

template <std::size_t... I>
Standing make_standing(std::size_t index, std::index_sequence<I...>) {
  static constexpr std::array<Standing (*)(), sizeof...(I)> kMakers{
      []() -> Standing { return std::variant_alternative_t<I, Standing>{}; }...};
  if (index >= kMakers.size()) throw CodecError("a frame of unknown standing " + std::to_string(index));
  return kMakers[index]();
}

template <class Archive>
void describe_hot(Archive& a, Frame& frame) {
  fields(a, frame.last_id, frame.attempts, frame.retry_count);
  auto kind = frame.standing.index();
  field(a, kind);
  if constexpr (Archive::kReads)
    frame.standing = make_standing(kind, std::make_index_sequence<std::variant_size_v<Standing>>());
  std::visit([&](auto& standing) { describe_hot(a, standing); }, frame.standing);
}

/// The large part of a standing. What a task or Map was given does not change while it is awaited.
template <class Archive>
void describe_cold(Archive& a, Frame& frame, Standing& standing) {
  fields(a, frame.parent, frame.index, frame.state, frame.input, frame.entered_at, frame.entered_id);
  if constexpr (Archive::kReads) {
    std::vector<std::pair<std::string, Payload>> variables;
    field(a, variables);
    frame.variables = {variables.begin(), variables.end()};
  } else {
    std::vector<std::pair<std::string, Payload>> variables(frame.variables.begin(), frame.variables.end());
    field(a, variables);
  }
  auto kind = standing.index();
  field(a, kind);
  if constexpr (Archive::kReads)
    standing = make_standing(kind, std::make_index_sequence<std::variant_size_v<Standing>>());
  if (auto* task = std::get_if<AwaitingTask>(&standing))
    fields(a, task->label, task->input, task->timeout_seconds, task->heartbeat_seconds);
  if (auto* frames = std::get_if<AwaitingFrames>(&standing)) fields(a, frames->items);
}

/// Brings the two halves of a standing together; the hot one says what it is.
void unite(Standing& hot, Standing& cold) {
  if (auto* task = std::get_if<AwaitingTask>(&hot)) {
    auto* given = std::get_if<AwaitingTask>(&cold);
    if (given == nullptr) throw CodecError("the parts of a frame do not fit together");
    task->label = std::move(given->label);
    task->input = std::move(given->input);
    task->timeout_seconds = given->timeout_seconds;
    task->heartbeat_seconds = given->heartbeat_seconds;
  } else if (auto* frames = std::get_if<AwaitingFrames>(&hot)) {
    auto* given = std::get_if<AwaitingFrames>(&cold);
    if (given == nullptr) throw CodecError("the parts of a frame do not fit together");
    frames->items = std::move(given->items);
  }
}

/// A frame within an event, whole.
template <class Archive>
void field(Archive& a, Frame& frame) {
  field(a, frame.id);
  Standing given = frame.standing;
  describe_cold(a, frame, given);
  describe_hot(a, frame);
  if constexpr (Archive::kReads) unite(frame.standing, given);
}

}  // namespace

std::string encode(const Event& event, PayloadNumbers& payloads) {
  Writer out(&payloads);
  Event& e = const_cast<Event&>(event);  // the archive only writes
  fields(out, e.number, e.frame, e.at, e.history_id, e.previous_id);
  out.number(event.body.index());
  std::visit([&](auto& body) { describe(out, body); }, e.body);
  return out.take();
}

Event decode_event(std::string_view bytes, StoredPayloads& payloads) {
  Reader in(bytes, &payloads);
  Event event;
  fields(in, event.number, event.frame, event.at, event.history_id, event.previous_id);
  const auto kind = in.number();
  event.body = read_body(in, kind, std::make_index_sequence<std::variant_size_v<EventBody>>());
  in.expect_end();
  return event;
}

std::string Snapshot::head(const Execution& execution) {
  Writer out(nullptr);
  auto& x = const_cast<Execution&>(execution);
  fields(out, x.identity_, x.started_at_, x.times_out_at_, x.last_number_, x.last_history_id_, x.next_frame_);
  fields(out, x.redrive_count_, x.redriven_at_);
  return out.take();
}

std::string Snapshot::hot(const Frame& frame, PayloadNumbers& payloads) {
  Writer out(&payloads);
  describe_hot(out, const_cast<Frame&>(frame));
  return out.take();
}

std::string Snapshot::cold(const Frame& frame, PayloadNumbers& payloads) {
  Writer out(&payloads);
  auto& f = const_cast<Frame&>(frame);
  describe_cold(out, f, f.standing);
  return out.take();
}

Execution Snapshot::restore(std::string_view head, Payload input, const std::vector<FrameParts>& parts,
                            StoredPayloads& payloads) {
  Execution x;
  x.input_ = std::move(input);
  Reader in(head, nullptr);
  fields(in, x.identity_, x.started_at_, x.times_out_at_, x.last_number_, x.last_history_id_, x.next_frame_);
  if (in.version() >= 3) fields(in, x.redrive_count_, x.redriven_at_);
  in.expect_end();
  for (const auto& part : parts) {
    Frame frame;
    frame.id = part.id;
    Standing cold_standing;
    Reader cold_in(part.cold, &payloads);
    describe_cold(cold_in, frame, cold_standing);
    cold_in.expect_end();
    Reader hot_in(part.hot, &payloads);
    describe_hot(hot_in, frame);
    hot_in.expect_end();
    unite(frame.standing, cold_standing);
    if (frame.parent) x.children_[*frame.parent].push_back(frame.id);
    if (std::holds_alternative<Ready>(frame.standing)) x.ready_.insert(frame.id);
    x.variable_bytes_ += variable_bytes_of(frame);
    x.frames_.emplace(frame.id, std::move(frame));
  }
  return x;
}

Execution Snapshot::with_frame(Execution execution, Frame root) {
  auto& place = execution.frames_.at(kRootFrame);
  execution.variable_bytes_ += variable_bytes_of(root) - variable_bytes_of(place);
  place = std::move(root);
  return execution;
}

}  // namespace stepd::core
