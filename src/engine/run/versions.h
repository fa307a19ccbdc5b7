// Published versions of state machines, their aliases and their tags: the rules by which they are given and taken
// away. It compiles nothing and starts nothing.
#pragma once

#include "engine/run/gateway.h"
#include "storage/store.h"

#include <optional>
#include <string>
#include <vector>

namespace stepd::run {

/// Thread: any, for every member.
class Versions {
 public:
  Versions(storage::Store& store, const Clock& clock) : store_(store), clock_(clock) {}

  void publish(PublishVersion request, Reply<PublishedVersion> reply);
  void remove(VersionName name, Reply<std::monostate> reply);

  void create_alias(CreateAlias request, Reply<CreatedAlias> reply);
  void update_alias(UpdateAlias request, Reply<UpdatedAlias> reply);
  void remove_alias(AliasName name, Reply<std::monostate> reply);

  void change_tags(TagChange change, Reply<std::monostate> reply);

  /// The version that a revision would be published as now.
  Answer<storage::VersionRecord> next(const storage::StateMachineRecord& revision, std::string description) const;

 private:
  /// The ARN of the first that is not there.
  std::optional<std::string> missing_version(const std::string& machine_arn,
                                             const std::vector<storage::Route>& routes) const;

  storage::Store& store_;
  const Clock& clock_;
};

/// Whether it is a state machine's first revision, to which AWS gives no id.
inline bool is_initial(const storage::StateMachineRecord& revision) {
  return revision.updated_at == revision.created_at;
}

/// The version that `bits`, evenly distributed, choose by the weights of the routes.
std::uint32_t choose_route(const std::vector<storage::Route>& routes, std::uint64_t bits);

}  // namespace stepd::run
