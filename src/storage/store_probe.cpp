#include "storage/store_probe.h"

#include <future>
#include <memory>

namespace stepd::storage {
namespace {

constexpr std::chrono::seconds kAnswerHolds{1};
/// No bucket has such a name, so no inbox meets the row.
constexpr const char* kNoBucket = ".health";

std::optional<std::string> describe(Outcome outcome) {
  switch (outcome) {
    case Outcome::Committed:
      return std::nullopt;
    case Outcome::Unavailable:
      return "the store takes no writes at present; the log says why";
    default:
      return "the store is out of order; the log says why";
  }
}

}  // namespace

std::optional<std::string> StoreProbe::trouble() {
  const MutexLock lock(mutex_);
  if (asked_ && clock_.steady() - *asked_ < kAnswerHolds) return answer_;
  // Each time another value, lest nothing be written.
  const PutArrival write{kNoBucket, "probe", std::to_string(++count_), clock_.now()};
  const auto promise = std::make_shared<std::promise<Outcome>>();
  auto outcome = promise->get_future();
  store_.write(write, [promise](Outcome given) { promise->set_value(given); });
  const bool in_time = outcome.wait_for(patience_) == std::future_status::ready;
  answer_ = in_time ? describe(outcome.get()) : std::optional<std::string>("the store does not answer");
  asked_ = clock_.steady();
  return answer_;
}

}  // namespace stepd::storage
