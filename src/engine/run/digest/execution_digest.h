// ExecutionDigest: what a page shows of an execution without its data: each state's fate, the way from state to state,
// and which state each event belongs to. It is a fold of the journal and can go on as the journal grows.
//
// 1. The digest of an execution is bounded: what a state did beyond kDigestVisits visits is counted, not listed.
// 2. No payload is read. Data is read for the one state or event that is looked at.
#pragma once

#include "engine/core/event.h"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stepd::run {

inline constexpr std::size_t kDigestVisits = 20;
inline constexpr std::size_t kDigestAttempts = 20;
inline constexpr std::size_t kDigestChildren = 100;

/// How a visit of a state stands or ended.
enum class VisitEnd : std::uint8_t { Running, Succeeded, Failed, Caught, TimedOut, Aborted };

/// One call of a Task's resource, or one run of a Parallel's branches or a Map's iterations.
struct AttemptDigest {
  Instant from;
  std::optional<Instant> to;
  std::string error;  ///< empty: it has not failed
};

/// One visit: from the state's entry to its exit.
struct VisitDigest {
  core::EventNumber event = 0;  ///< of the entry
  Instant from;
  std::optional<Instant> to;
  VisitEnd end = VisitEnd::Running;
  std::vector<AttemptDigest> attempts;  ///< the last kDigestAttempts
  bool waits = false;                   ///< for a timer, an answer by token, a child or a retry
};

struct StateDigest {
  std::string name;
  std::string type;
  std::uint32_t entered = 0;
  std::map<VisitEnd, std::uint32_t> ends;
  std::uint32_t retries = 0;
  std::string error;  ///< of the last failure
  std::string cause;
  Instant first_entered;
  std::optional<Instant> last_left;
  std::vector<VisitDigest> visits;  ///< the first kDigestVisits

  std::uint32_t count(VisitEnd end) const;
  std::uint32_t running() const;
};

struct ExecutionDigest {
  std::vector<StateDigest> states;                     ///< in the order of their first entry
  std::set<std::pair<std::string, std::string>> ways;  ///< from one state to the next
  std::vector<std::uint16_t> state_of;                 ///< by event number - 1: index in `states` + 1; 0: none
  std::vector<std::string> children;                   ///< ARNs, the first kDigestChildren
  std::string parent;                                  ///< ARN; empty: none
  std::string failed_state;                            ///< whose failure ended the execution
  core::EventNumber events = 0;                        ///< in the journal
  std::uint32_t history_events = 0;                    ///< those that AWS's history shows

  const StateDigest* find(std::string_view name) const;
  /// Empty if the event belongs to no state.
  std::string state_name_of(core::EventNumber number) const;
};

/// Thread: one at a time.
class DigestMaker {
 public:
  /// Events in order, each once.
  void take(const core::Event& event);
  const ExecutionDigest& digest() const { return digest_; }

 private:
  struct Position {
    std::size_t state = SIZE_MAX;  ///< index in `states`
    std::size_t visit = SIZE_MAX;  ///< index in its visits; SIZE_MAX: not listed
    bool open = false;
    bool failed = false;    ///< what it last called or ran
    core::Failure failure;  ///< the last of the open visit
    VisitEnd fate = VisitEnd::Failed;
  };

  void take_body(const core::Event& event, Position& position);
  void enter(const core::Event& event, const core::event::StateEntered& body, Position& position);
  void leave(Position& position, VisitEnd end, Instant at);
  void begin_attempt(Position& position, Instant at);
  void end_attempt(Position& position, Instant at, const core::Failure* failure);
  void end_all(VisitEnd root_end, Instant at, const core::Failure& failure);
  void set_waits(Position& position, bool waits);
  void add_child(const std::string& arn);
  VisitDigest* visit_of(const Position& position);
  StateDigest* state_of(const Position& position);

  ExecutionDigest digest_;
  std::map<std::string, std::size_t, std::less<>> places_;
  std::map<core::FrameId, Position> positions_;
};

}  // namespace stepd::run
