// What AWS Step Functions tells EventBridge when the status of a STANDARD execution changes. Who hears it is another's.
#pragma once

#include "base/json.h"
#include "engine/run/turn_listener.h"

#include <functional>
#include <string>
#include <vector>

namespace stepd::run {

class StatusChanges final : public TurnListener {
 public:
  /// Answers the messages that tell of an event of EventBridge (AWS dev guide: Step Functions Execution Status Change),
  /// which an execution of that lineage has caused.
  using Address = std::function<std::vector<OutboxRecord>(const Json& event, const Lineage& cause)>;

  /// Neither must block. `stored`: messages of `address` may be durable now.
  StatusChanges(std::string region, std::string account, Address address, std::function<void()> stored)
      : region_(std::move(region)),
        account_(std::move(account)),
        address_(std::move(address)),
        stored_(std::move(stored)) {}

  std::vector<OutboxRecord> messages(const HeardTurn& turn) override;
  void committed(const HeardTurn& turn) override;

 private:
  Json event_of(const HeardTurn& turn, core::Status status) const;

  const std::string region_;
  const std::string account_;
  const Address address_;
  const std::function<void()> stored_;
};

}  // namespace stepd::run
