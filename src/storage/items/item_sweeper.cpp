#include "storage/items/item_sweeper.h"

#include "base/guarded.h"

#include <pthread.h>

namespace stepd::storage {
namespace {

constexpr std::size_t kSweptAtOnce = 1'000;

}  // namespace

ItemSweeper::ItemSweeper(ItemStore& items, std::chrono::milliseconds pause) : items_(items), pause_(pause) {}

ItemSweeper::~ItemSweeper() { stop(); }

void ItemSweeper::start() {
  thread_ = std::thread([this] { run(); });
  pthread_setname_np(thread_.native_handle(), "item-sweeper");
}

void ItemSweeper::stop() {
  {
    const MutexLock lock(mutex_);
    stopping_ = true;
  }
  stopped_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void ItemSweeper::run() {
  for (;;) {
    bool more = false;
    run_guarded("the removal of expired items", [&] { more = items_.sweep(kSweptAtOnce); });
    MutexLock lock(mutex_);
    const auto pause = more ? std::chrono::milliseconds{0} : pause_;
    if (stopped_.wait_for(lock, pause, [this]() STEPD_REQUIRES(mutex_) { return stopping_; })) return;
  }
}

}  // namespace stepd::storage
