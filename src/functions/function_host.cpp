#include "functions/function_host.h"

#include "base/encoding.h"
#include "base/guarded.h"
#include "base/lent_user.h"
#include "functions/access.h"
#include "functions/code_stamp.h"
#include "functions/process_environment.h"

#include <spdlog/spdlog.h>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <system_error>
#include <utility>

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

/// Where there is nothing to start.
class NoEnvironment final : public Environment {
 public:
  NoEnvironment(const FunctionHost::Shop& shop, const FunctionCode& code, unsigned place, EnvironmentEvents& events,
                std::string why)
      : alive_(std::make_shared<bool>(true)),
        log_(shop.groups, shop.clock, code.log_group, "0000000000000000ffffffffffffffff") {
    spdlog::error("function {} cannot be started: {}", code.name, why);
    asio::post(shop.loop, [alive = std::weak_ptr<bool>(alive_), place, &events, why = std::move(why)] {
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

}  // namespace

unsigned LentUserDesk::lend() {
  for (unsigned i = 0; i < kFunctionUsers.count; ++i) {
    next_ = (next_ + 1) % kFunctionUsers.count;
    if (!lent_.contains(next_)) break;
  }
  lent_.insert(next_);
  return kFunctionUsers.first + next_;
}

void LentUserDesk::take_back(unsigned user) { lent_.erase(user - kFunctionUsers.first); }

FunctionHost::FunctionHost(const Shop& shop, const FunctionCode& code)
    : shop_(shop), code_(code), pool_(code, shop.options.workers, *this, shop.clock) {}

void FunctionHost::submit(Call call) {
  look_for_changes();
  pool_.submit(std::move(call));
}

std::unique_ptr<Environment> FunctionHost::start(unsigned place, EnvironmentEvents& events) {
  try {
    return start_process(place, events);
  } catch (const std::exception& error) {
    return no_process(place, events, error.what());
  }
}

void FunctionHost::clear(unsigned place) {
  std::error_code ignored;
  fs::remove_all(scratch_of(place), ignored);
  if (const auto lent = users_.extract(place)) shop_.users.take_back(lent.mapped());
}

std::unique_ptr<Environment> FunctionHost::start_process(unsigned place, EnvironmentEvents& events) {
  auto blueprint = make_blueprint(shop_.options, code_, shop_.launcher.fences(),
                                  {shop_.options.folder, bootstraps(), shop_.endpoint, search_path()});
  if (!blueprint) return no_process(place, events, blueprint.error().cause);
  if (blueprint->note != noted_) {
    noted_ = blueprint->note;
    if (!noted_.empty()) spdlog::warn("function {}: {}", code_.name, noted_);
  }
  watched_ = blueprint->code;
  if (stamp_ == 0) stamp_ = stamp_of(watched_);
  const auto scratch = scratch_of(place);
  fs::create_directories(scratch);
  const auto user = user_of(place, *blueprint, scratch);
  return std::make_unique<ProcessEnvironment>(
      shop_.loop, shop_.launcher, ProcessPlan{code_, *blueprint, bootstraps(), scratch, user, shop_.sessions}, place,
      events, shop_.groups, shop_.clock);
}

std::unique_ptr<Environment> FunctionHost::no_process(unsigned place, EnvironmentEvents& events,
                                                      const std::string& why) const {
  return std::make_unique<NoEnvironment>(shop_, code_, place, events, why);
}

/// A place keeps its user as long as its files. 0: functions have none here, or this one's code is not for everybody.
unsigned FunctionHost::user_of(unsigned place, const Blueprint& blueprint, const fs::path& scratch) {
  if (!shop_.launcher.fences().own_user) return 0;
  if (!is_for_all_) is_for_all_ = is_for_all(blueprint);
  if (!*is_for_all_) return 0;
  const auto [lent, is_new] = users_.try_emplace(place, 0);
  if (is_new) lent->second = shop_.users.lend();
  if (::chown(scratch.c_str(), lent->second, lent->second) != 0)
    throw std::system_error(errno, std::generic_category(), scratch.string());
  fs::permissions(scratch, fs::perms::owner_all);
  return lent->second;
}

bool FunctionHost::is_for_all(const Blueprint& blueprint) const {
  for (const auto& folder : {blueprint.code, blueprint.layers}) {
    const auto found = folder.empty() ? fs::path() : find_private_file(folder);
    if (found.empty()) continue;
    spdlog::warn("function {} runs as root: not everybody may read {}; with \"chmod -R o+rX {}\" it is lent a user",
                 code_.name, found.string(), folder.string());
    return false;
  }
  return true;
}

fs::path FunctionHost::scratch_of(unsigned place) const {
  return shop_.run / "tmp" / percent_encode(code_.name) / std::to_string(place);
}

void FunctionHost::look_for_changes() {
  if (stamp_ == 0) return;
  const auto now = shop_.clock.steady();
  if (now < looked_ + kStampPause) return;
  looked_ = now;
  const auto stamp = stamp_of(watched_);
  if (stamp == std::exchange(stamp_, stamp)) return;
  spdlog::info("function {}: its code has changed; new processes run it", code_.name);
  is_for_all_.reset();
  pool_.retire();
}

}  // namespace stepd::functions
