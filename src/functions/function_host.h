// FunctionHost: one function of one's own code, its pool, and how its processes are made. LentUserDesk: the users that
// they are lent.
#pragma once

#include "base/log_groups.h"
#include "functions/blueprint.h"
#include "functions/environment_pool.h"
#include "functions/launch/launcher.h"
#include "functions/sessions.h"

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace stepd::functions {

/// Lends each place of each function a user, one that no other has as long as there are enough (base/lent_user.h).
class LentUserDesk {
 public:
  unsigned lend();
  void take_back(unsigned user);

 private:
  std::set<unsigned> lent_;  ///< by their place in the range
  unsigned next_ = 0;
};

/// Thread: the loop's.
class FunctionHost final : public EnvironmentMaker {
 public:
  /// What hosts share. It outlives them.
  struct Shop {
    boost::asio::io_context& loop;
    Launcher& launcher;
    const RuntimeOptions& options;
    LogGroups& groups;
    const Clock& clock;
    const std::string& endpoint;
    Sessions& sessions;
    LentUserDesk& users;
    std::filesystem::path run;        ///< RuntimeOptions::folder / run
    std::function<bool()> make_room;  ///< whether one more process may be started
    std::function<void()> changed;    ///< what is due may be due earlier
  };

  /// `code` outlives it.
  FunctionHost(const Shop& shop, const FunctionCode& code);

  Pool& pool() { return pool_; }
  /// Nothing is called any more.
  void stop() { pool_.end(); }
  void submit(Call call);

  bool may_start() override { return shop_.make_room(); }
  void changed() override { shop_.changed(); }
  std::unique_ptr<Environment> start(unsigned place, EnvironmentEvents& events) override;
  void clear(unsigned place) override;

 private:
  std::unique_ptr<Environment> start_process(unsigned place, EnvironmentEvents& events);
  std::unique_ptr<Environment> no_process(unsigned place, EnvironmentEvents& events, const std::string& why) const;
  unsigned user_of(unsigned place, const Blueprint& blueprint, const std::filesystem::path& scratch);
  bool is_for_all(const Blueprint& blueprint) const;
  std::filesystem::path bootstraps() const { return shop_.run / "bootstrap"; }
  std::filesystem::path scratch_of(unsigned place) const;
  void look_for_changes();

  const Shop& shop_;
  const FunctionCode& code_;
  Pool pool_;
  std::filesystem::path watched_;
  std::uint64_t stamp_ = 0;
  SteadyInstant looked_{};
  std::string noted_;
  std::map<unsigned, unsigned> users_;  ///< lent, by place
  std::optional<bool> is_for_all_;      ///< whether everybody may read the code as it is now
};

}  // namespace stepd::functions
