// What an execution does, told to a person as it happens: each state with the values on its way. It knows the core's
// events and steps, and nothing of how the execution is run.
#pragma once

#include "engine/core/observer.h"

#include <map>
#include <ostream>
#include <string>
#include <string_view>

namespace stepd::daemon {

/// A state is told once it is left, or once it has opened branches or iterations: so what goes on side by side is not
/// mixed up. Values that a step leaves as they are, are not repeated. Thread: one.
class Trace final : public core::Observer {
 public:
  Trace(std::ostream& out, bool coloured) : out_(out), coloured_(coloured) {}

  void computed(core::FrameId frame, core::Step step, const Payload& value) override;
  void failed(core::FrameId frame, const core::Failure& failure) override;
  void recorded(const core::Execution& execution, const core::Event& event) override;

 private:
  /// A frame, and what has not been told of it yet.
  struct Place {
    int depth = 0;
    std::string state;
    std::string pending;
    std::string shown;                        ///< the last value
    std::map<std::string, std::string> told;  ///< in this state, by what it is
    int retries = 0;
    bool failing = false;
  };

  void note(Place& place, std::string_view what, std::string_view text, const char* colour = "");
  void note_value(Place& place, std::string_view what, const Payload& value);
  void title(Place& place, std::string_view text, std::string_view more);
  void open_below(const core::Execution& execution, core::FrameId parent, std::size_t first, std::string_view what);
  void flush(Place& place);
  std::string paint(std::string_view text, const char* colour) const;

  std::ostream& out_;
  const bool coloured_;
  std::map<core::FrameId, Place> places_;
};

}  // namespace stepd::daemon
