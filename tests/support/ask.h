// Waits for the reply of one asynchronous call of the engine.
#pragma once

#include "engine/run/gateway.h"

#include <chrono>
#include <future>
#include <memory>
#include <stdexcept>

namespace stepd::test {

inline constexpr auto kReplyDeadline = std::chrono::seconds(30);

/// `call` is given the Reply; throws if it is not called within the deadline.
template <class T, class Call>
run::Answer<T> ask(Call call) {
  auto promise = std::make_shared<std::promise<run::Answer<T>>>();
  auto future = promise->get_future();
  call([promise](run::Answer<T> answer) { promise->set_value(std::move(answer)); });
  if (future.wait_for(kReplyDeadline) != std::future_status::ready) throw std::runtime_error("no reply");
  return future.get();
}

}  // namespace stepd::test
