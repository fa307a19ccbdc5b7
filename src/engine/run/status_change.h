// What AWS Step Functions tells EventBridge when the status of a STANDARD execution changes. Who hears it is another's.
#pragma once

#include "base/json.h"
#include "engine/run/turn_listener.h"

#include <functional>
#include <string>

namespace stepd::run {

class StatusChanges final : public TurnListener {
 public:
  /// Takes an event of EventBridge (AWS dev guide: Step Functions Execution Status Change). Must not block.
  using Raise = std::function<void(Json event)>;

  StatusChanges(std::string region, std::string account, Raise raise)
      : region_(std::move(region)), account_(std::move(account)), raise_(std::move(raise)) {}

  void committed(const CommittedTurn& turn) override;

 private:
  Json event_of(const CommittedTurn& turn, core::Status status) const;

  const std::string region_;
  const std::string account_;
  const Raise raise_;
};

}  // namespace stepd::run
