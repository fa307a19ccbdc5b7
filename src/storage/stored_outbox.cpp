#include "storage/stored_outbox.h"

#include <future>
#include <utility>

namespace stepd::storage {
namespace {

class StoredOutbox final : public Outbox {
 public:
  StoredOutbox(Store& store, OutboxLimits limits) : store_(store), limits_(limits) {}

  Result<void> put(std::vector<OutboxRecord> records) override {
    std::promise<Outcome> promise;
    auto answer = promise.get_future();
    store_.write(PutOutbox{std::move(records), limits_}, [&](Outcome outcome) { promise.set_value(outcome); });
    switch (answer.get()) {
      case Outcome::Committed:
        return {};
      case Outcome::Conflict:
        return failed("there is no room: too many messages wait for their delivery");
      case Outcome::Unavailable:
        return failed("the store takes nothing at present: is the disk full?");
      default:
        return failed("the store is out of order");
    }
  }

  Result<std::vector<OutboxHead>> next(const std::string& destination, std::size_t limit) const override {
    return read([&](const Reader& reader) { return reader.outbox(destination, limit); });
  }
  Result<std::optional<std::string>> body(const std::string& destination, const std::string& id) const override {
    return read([&](const Reader& reader) { return reader.outbox_body(destination, id); });
  }
  Result<std::vector<std::string>> destinations() const override {
    return read([](const Reader& reader) { return reader.outbox_destinations(); });
  }
  Result<std::uint64_t> dropped() const override {
    return read([](const Reader& reader) { return reader.tally_outbox().dropped; });
  }

  void remove(const std::string& destination, const std::string& id, Stored stored) override {
    write(RemoveOutbox{destination, id}, std::move(stored));
  }
  void put_off(const std::string& destination, OutboxHead head, Stored stored) override {
    write(RetryOutbox{destination, std::move(head)}, std::move(stored));
  }

 private:
  static AslError failed(const std::string& why) { return {"Notify.Failed", "The message cannot be kept: " + why}; }

  template <class Ask>
  auto read(Ask ask) const -> Result<decltype(ask(std::declval<const Reader&>()))> {
    try {
      return ask(store_.reader());
    } catch (const StoreError& error) {
      return AslError{"Notify.Failed", std::string("The outbox cannot be read: ") + error.what()};
    }
  }

  void write(Write write, Stored stored) {
    store_.write(std::move(write),
                 [stored = std::move(stored)](Outcome outcome) { stored(outcome == Outcome::Committed); });
  }

  Store& store_;
  const OutboxLimits limits_;
};

}  // namespace

std::unique_ptr<Outbox> make_outbox(Store& store, OutboxLimits limits) {
  return std::make_unique<StoredOutbox>(store, limits);
}

}  // namespace stepd::storage
