#include "engine/run/end_waits.h"

#include "engine/run/refusals.h"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace stepd::run {

std::function<void()> EndWaits::wait(AwaitEnd request, Reply<storage::ExecutionRecord> reply) {
  const auto number = ++last_;
  ++count_;
  loop_.post([this, number, request = std::move(request), reply = std::move(reply)]() mutable {
    begin(number, std::move(request), std::move(reply));
  });
  return [this, number] { loop_.post([this, number] { forget(number); }); };
}

void EndWaits::begin(Number number, AwaitEnd request, Reply<storage::ExecutionRecord> reply) {
  auto& waiter = waiters_[number];
  waiter = {request.execution_arn, std::move(reply), {}};
  by_arn_.emplace(request.execution_arn, number);
  const auto record = read(request.execution_arn);
  if (closed_ || !record.has_value() || record->status != storage::ExecutionStatus::Running) return answer(number);
  waiter.timer = loop_.call_at(clock_.now() + request.most, [this, number] { answer(number); });
}

void EndWaits::committed(const HeardTurn& turn) {
  if (count_ == 0 || turn.execution.status() == core::Status::Running) return;
  loop_.post([this, arn = turn.execution.identity().arn] {
    std::vector<Number> ended;
    const auto [first, last] = by_arn_.equal_range(arn);
    std::transform(first, last, std::back_inserter(ended), [](const auto& entry) { return entry.second; });
    for (const auto number : ended) answer(number);
  });
}

void EndWaits::close() {
  loop_.post([this] {
    closed_ = true;
    while (!waiters_.empty()) answer(waiters_.begin()->first);
  });
}

void EndWaits::answer(Number number) {
  const auto found = waiters_.find(number);
  if (found == waiters_.end()) return;
  const auto reply = found->second.reply;
  const auto arn = found->second.arn;
  forget(number);
  reply(read(arn));
}

void EndWaits::forget(Number number) {
  const auto found = waiters_.find(number);
  if (found == waiters_.end()) return;
  const auto [first, last] = by_arn_.equal_range(found->second.arn);
  by_arn_.erase(std::find_if(first, last, [number](const auto& entry) { return entry.second == number; }));
  loop_.cancel(found->second.timer);
  waiters_.erase(found);
  --count_;
}

Answer<storage::ExecutionRecord> EndWaits::read(const std::string& arn) const {
  try {
    auto record = store_.reader().execution(arn);
    if (!record) return no_such_execution(arn);
    return *std::move(record);
  } catch (const storage::StoreError& error) {
    spdlog::error("{} cannot be read: {}", arn, error.what());
    return unreadable();
  }
}

}  // namespace stepd::run
