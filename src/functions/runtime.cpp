// One thread with a loop: pools, Runtime APIs and pipes of all functions.
#include "functions/runtime.h"

#include "base/encoding.h"
#include "base/guarded.h"
#include "base/mutex.h"
#include "functions/blueprint.h"
#include "functions/code_stamp.h"
#include "functions/launch/launcher.h"
#include "functions/process_environment.h"

#include <spdlog/spdlog.h>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <thread>

namespace stepd::functions {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

/// Between two looks at whether the code of a function has changed.
constexpr std::chrono::milliseconds kStampPause{500};

std::string search_path() {
  const char* path = std::getenv("PATH");
  return std::string(path == nullptr ? "" : path) + ":/usr/local/bin:/usr/bin:/bin";
}

/// Of one function: its pool, and how its processes are made.
class FunctionHost final : public EnvironmentMaker {
 public:
  struct Shop {
    asio::io_context& loop;
    Launcher& launcher;
    const RuntimeOptions& options;
    LogGroups& groups;
    const Clock& clock;
    const std::string& endpoint;
    fs::path run;                     ///< RuntimeOptions::folder / run
    std::function<bool()> make_room;  ///< whether one more process may be started
    std::function<void()> changed;    ///< what is due may be due earlier
  };

  FunctionHost(const Shop& shop, const FunctionCode& code)
      : shop_(shop), code_(code), pool_(code, shop.options.workers, *this, shop.clock) {}

  Pool& pool() { return pool_; }
  /// Nothing is called any more.
  void stop() { pool_.end(); }

  void submit(Call call) {
    look_for_changes();
    pool_.submit(std::move(call));
  }

  bool may_start() override { return shop_.make_room(); }
  void changed() override { shop_.changed(); }

  std::unique_ptr<Environment> start(unsigned place, EnvironmentEvents& events) override {
    try {
      return start_process(place, events);
    } catch (const std::exception& error) {
      return std::make_unique<NoEnvironment>(*this, place, events, error.what());
    }
  }

  void clear(unsigned place) override {
    std::error_code ignored;
    fs::remove_all(scratch_of(place), ignored);
  }

 private:
  std::unique_ptr<Environment> start_process(unsigned place, EnvironmentEvents& events) {
    auto blueprint = make_blueprint(shop_.options, code_, shop_.launcher.fences(),
                                    {shop_.options.folder, bootstraps(), shop_.endpoint, search_path()});
    if (!blueprint) return std::make_unique<NoEnvironment>(*this, place, events, blueprint.error().cause);
    if (blueprint->note != noted_) {
      noted_ = blueprint->note;
      if (!noted_.empty()) spdlog::warn("function {}: {}", code_.name, noted_);
    }
    watched_ = blueprint->code;
    if (stamp_ == 0) stamp_ = stamp_of(watched_);
    const auto scratch = scratch_of(place);
    fs::create_directories(scratch);
    return std::make_unique<ProcessEnvironment>(shop_.loop, shop_.launcher,
                                                ProcessPlan{code_, *blueprint, bootstraps(), scratch}, place, events,
                                                shop_.groups, shop_.clock);
  }

  /// Where there is nothing to start.
  class NoEnvironment final : public Environment {
   public:
    NoEnvironment(FunctionHost& host, unsigned place, EnvironmentEvents& events, std::string why)
        : alive_(std::make_shared<bool>(true)),
          log_(host.shop_.groups, host.shop_.clock, host.code_.log_group, "0000000000000000ffffffffffffffff") {
      spdlog::error("function {} cannot be started: {}", host.code_.name, why);
      asio::post(host.shop_.loop, [alive = std::weak_ptr<bool>(alive_), place, &events, why = std::move(why)] {
        if (alive.expired()) return;
        run_guarded("a function", [&] { events.ended(place, {0, false, why, false}); });
      });
    }
    void give(const Invocation&) override {}
    void kill() override {}
    void collect_output() override {}
    LogStream& log() override { return log_; }
    std::uint64_t peak_bytes() const override { return 0; }

   private:
    std::shared_ptr<bool> alive_;
    LogStream log_;
  };

  fs::path bootstraps() const { return shop_.run / "bootstrap"; }
  fs::path scratch_of(unsigned place) const {
    return shop_.run / "tmp" / percent_encode(code_.name) / std::to_string(place);
  }

  void look_for_changes() {
    if (stamp_ == 0) return;
    const auto now = shop_.clock.steady();
    if (now < looked_ + kStampPause) return;
    looked_ = now;
    const auto stamp = stamp_of(watched_);
    if (stamp == std::exchange(stamp_, stamp)) return;
    spdlog::info("function {}: its code has changed; new processes run it", code_.name);
    pool_.retire();
  }

  const Shop& shop_;
  const FunctionCode& code_;
  Pool pool_;
  fs::path watched_;
  std::uint64_t stamp_ = 0;
  SteadyInstant looked_{};
  std::string noted_;
};

}  // namespace

class Runtime::Room {
 public:
  Room(RuntimeOptions options, LogGroups& groups, const Clock& clock)
      : options_(std::move(options)), groups_(groups), clock_(clock), timer_(loop_), guard_(loop_.get_executor()) {
    if (options_.functions.empty()) return;
    const auto run = options_.folder / "run";
    fs::remove_all(run);
    fs::create_directories(run / "staging");
    fs::permissions(options_.folder, fs::perms::owner_all);
    write_bootstraps(run / "bootstrap");
    launcher_ = std::make_unique<Launcher>(loop_, options_.launcher,
                                           LaunchRules{options_.workers.confined, (run / "staging").string()});
    spdlog::log(
        launcher_->fences().view && launcher_->fences().landlock > 0 ? spdlog::level::debug : spdlog::level::warn,
        "functions of one's own are confined by {}", describe(launcher_->fences()));
    shop_ = std::make_unique<FunctionHost::Shop>(FunctionHost::Shop{loop_, *launcher_, options_, groups_, clock_,
                                                                    endpoint_, run, [this] { return make_room(); },
                                                                    [this] { arm_soon(); }});
    for (const auto& each : options_.functions)
      hosts_.try_emplace(each.name, std::make_unique<FunctionHost>(*shop_, each));
    thread_ = std::thread([this] { loop_.run(); });
    pthread_setname_np(thread_.native_handle(), "functions");
  }

  ~Room() { stop(); }

  void stop() {
    const MutexLock lock(stopping_);
    if (!thread_.joinable()) return;
    asio::post(loop_, [this] {
      for (auto& [name, host] : hosts_) host->stop();
      launcher_.reset();
      timer_.cancel();
      guard_.reset();
      loop_.stop();
    });
    thread_.join();
    std::error_code ignored;
    fs::remove_all(options_.folder / "run", ignored);
  }

  void serve_at(std::string url) { endpoint_ = std::move(url); }

  bool has(std::string_view function) const { return hosts_.contains(function); }

  void invoke(const std::string& function, Call call) {
    const auto found = hosts_.find(function);
    if (found == hosts_.end())
      return call.done(AslError{"ResourceNotFoundException", "There is no function " + function});
    ++open_;
    call.done = [this, done = std::move(call.done)](Result<Outcome> outcome) {
      done(std::move(outcome));
      const MutexLock lock(mutex_);
      if (--open_ == 0) none_open_.notify_all();
    };
    on_loop([host = found->second.get(), call = std::make_shared<Call>(std::move(call))] {
      host->submit(std::move(*call));
    });
  }

  void cancel(const std::string& attempt) {
    if (hosts_.empty()) return;
    on_loop([this, attempt] {
      for (auto& [name, host] : hosts_) host->pool().cancel(attempt);
    });
  }

  bool drain(std::chrono::milliseconds grace) {
    if (hosts_.empty()) return true;
    on_loop([this] {
      for (auto& [name, host] : hosts_) host->pool().close();
    });
    MutexLock lock(mutex_);
    return none_open_.wait_for(lock, grace, [this] { return open_ == 0; });
  }

 private:
  template <class Work>
  void on_loop(Work work) {
    asio::post(loop_, [work = std::move(work)]() mutable { run_guarded("the functions", [&] { work(); }); });
  }

  void arm_soon() {
    if (std::exchange(arming_, true)) return;
    asio::post(loop_, [this] {
      arming_ = false;
      arm();
    });
  }

  /// Whether one more process may be started, for which an idle one may have to end.
  bool make_room() {
    std::size_t count = 0;
    for (const auto& [name, host] : hosts_) count += host->pool().processes();
    if (count < options_.workers.processes_max) return true;
    return std::any_of(hosts_.begin(), hosts_.end(), [](auto& each) { return each.second->pool().end_one_idle(); });
  }

  void arm() {
    std::optional<SteadyInstant> first;
    for (const auto& [name, host] : hosts_) {
      const auto due = host->pool().due();
      if (due && (!first || *due < *first)) first = due;
    }
    if (!first) return;
    const auto wait = std::max(std::chrono::milliseconds{1}, *first - clock_.steady());
    timer_.expires_after(wait);
    timer_.async_wait([this](const auto& error) {
      if (error) return;
      run_guarded("the functions' pools", [&] {
        for (auto& [name, host] : hosts_) host->pool().tick();
      });
      arm();
    });
  }

  const RuntimeOptions options_;
  LogGroups& groups_;
  const Clock& clock_;
  std::string endpoint_{"http://127.0.0.1:9"};  // nobody, until somebody serves
  asio::io_context loop_;
  asio::steady_timer timer_;
  asio::executor_work_guard<asio::io_context::executor_type> guard_;
  std::unique_ptr<Launcher> launcher_;
  std::unique_ptr<FunctionHost::Shop> shop_;
  std::map<std::string, std::unique_ptr<FunctionHost>, std::less<>> hosts_;
  Mutex stopping_;
  Mutex mutex_;
  ConditionVariable none_open_;
  std::atomic<std::size_t> open_{0};
  bool arming_ = false;
  std::thread thread_;
};

Runtime::Runtime(RuntimeOptions options, LogGroups& groups, const Clock& clock)
    : room_(std::make_unique<Room>(std::move(options), groups, clock)) {}
Runtime::~Runtime() = default;
void Runtime::serve_at(std::string url) { room_->serve_at(std::move(url)); }
bool Runtime::has(std::string_view function) const { return room_->has(function); }
void Runtime::invoke(const std::string& function, Call call) { room_->invoke(function, std::move(call)); }
void Runtime::stop() { room_->stop(); }
void Runtime::cancel(const std::string& attempt) { room_->cancel(attempt); }
bool Runtime::drain(std::chrono::milliseconds grace) { return room_->drain(grace); }

}  // namespace stepd::functions
