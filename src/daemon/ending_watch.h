// Any store, with a promise that is kept when the first execution in it ends. It stores nothing itself.
#pragma once

#include "storage/store.h"

#include <future>
#include <memory>
#include <mutex>

namespace stepd::daemon {

class EndingWatch final : public storage::Store {
 public:
  explicit EndingWatch(std::unique_ptr<storage::Store> store) : store_(std::move(store)) {}

  /// Ready once an execution's end has been committed. Thread: one caller, once.
  std::future<void> first_end() { return ended_.get_future(); }

  void write(storage::Write write, storage::Committed done) override;
  const storage::Reader& reader() const override { return store_->reader(); }
  void load_open(const std::function<void(storage::OpenExecution)>& each,
                 const storage::Unreadable& unreadable) const override {
    store_->load_open(each, unreadable);
  }
  std::optional<storage::OpenExecution> load(storage::ExecutionId id) const override { return store_->load(id); }
  storage::ExecutionId last_id() const override { return store_->last_id(); }
  storage::PayloadId next_payload_id() override { return store_->next_payload_id(); }
  void flush() override { store_->flush(); }

 private:
  std::promise<void> ended_;
  std::once_flag once_;
  std::unique_ptr<storage::Store> store_;
};

}  // namespace stepd::daemon
