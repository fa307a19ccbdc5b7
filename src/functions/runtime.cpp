// One thread with a loop: pools, Runtime APIs and pipes of all functions.
#include "functions/runtime.h"

#include "base/guarded.h"
#include "base/mutex.h"
#include "functions/blueprint.h"
#include "functions/function_host.h"
#include "functions/launch/launcher.h"
#include "functions/sessions.h"

#include <spdlog/spdlog.h>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <map>
#include <optional>
#include <thread>

namespace stepd::functions {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;

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
    shop_ = std::make_unique<FunctionHost::Shop>(
        FunctionHost::Shop{loop_, *launcher_, options_, groups_, clock_, endpoint_, sessions_, users_, run,
                           [this] { return make_room(); }, [this] { arm_soon(); }});
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

  std::optional<Lineage> lineage_of(std::string_view session_token) const {
    return sessions_.lineage_of(session_token);
  }

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
  Sessions sessions_;
  LentUserDesk users_;
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
std::optional<Lineage> Runtime::lineage_of(std::string_view session_token) const {
  return room_->lineage_of(session_token);
}
void Runtime::invoke(const std::string& function, Call call) { room_->invoke(function, std::move(call)); }
void Runtime::stop() { room_->stop(); }
void Runtime::cancel(const std::string& attempt) { room_->cancel(attempt); }
bool Runtime::drain(std::chrono::milliseconds grace) { return room_->drain(grace); }

}  // namespace stepd::functions
