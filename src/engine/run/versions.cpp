#include "engine/run/versions.h"

#include "base/limits.h"
#include "engine/run/arn.h"
#include "engine/run/refusals.h"

#include <algorithm>

namespace stepd::run {
namespace {

using storage::Outcome;

constexpr std::uint32_t kWholePercent = 100;

Refusal not_found(const std::string& arn) {
  return {RefusalCode::ResourceNotFound, "Request references a resource that does not exist.", arn};
}

Refusal too_many_aliases() {
  return refuse(RefusalCode::ServiceQuotaExceededException,
                "A state machine can have " + std::to_string(limits::kAliases) + " aliases at most.");
}

Refusal different_alias() {
  return refuse(RefusalCode::ConflictException,
                "Failed to create alias because an alias with the same name and a different routing configuration "
                "already exists.");
}

Refusal no_such_machine(const std::string& arn) {
  return refuse(RefusalCode::StateMachineDoesNotExist, no_such_state_machine(arn));
}

}  // namespace

std::uint32_t choose_route(const std::vector<storage::Route>& routes, std::uint64_t bits) {
  auto at = static_cast<std::uint32_t>(bits % kWholePercent);
  for (const auto& route : routes) {
    if (at < route.weight) return route.version;
    at -= route.weight;
  }
  return routes.back().version;
}

// ---- versions -------------------------------------------------------------------------------------------------------

Answer<storage::VersionRecord> Versions::next(const storage::StateMachineRecord& revision,
                                              std::string description) const {
  const auto tally = store_.reader().tally_versions(revision.arn);
  if (tally.count >= limits::kVersions) {
    return refuse(RefusalCode::ServiceQuotaExceededException,
                  "A state machine can have " + std::to_string(limits::kVersions) + " versions at most.");
  }
  return storage::VersionRecord{revision.arn, tally.last + 1, revision.revision_id, std::move(description),
                                clock_.now()};
}

void Versions::publish(PublishVersion request, Reply<PublishedVersion> reply) {
  const auto present = store_.reader().state_machine(request.arn);
  if (!present) return reply(no_such_machine(request.arn));
  // AWS developer guide, state machine versions: the first revision goes by the name INITIAL.
  const std::string shown = is_initial(*present) ? "INITIAL" : present->revision_id;
  if (request.revision_id && *request.revision_id != shown) {
    return reply(refuse(RefusalCode::ConflictException, "Failed to publish the State Machine version for revision " +
                                                            *request.revision_id +
                                                            ". The current State Machine revision is " + shown + "."));
  }
  if (const auto known = store_.reader().version_of(request.arn, present->revision_id)) {
    return reply(PublishedVersion{known->number, known->created_at});
  }
  auto record = next(*present, request.description);
  if (!record.has_value()) return reply(record.error());
  const PublishedVersion published{record->number, record->created_at};
  store_.write(storage::PutVersion{*std::move(record)},
               [this, request = std::move(request), published, reply = std::move(reply)](Outcome outcome) {
                 if (outcome == Outcome::Committed) return reply(published);
                 // Somebody else's version came between: this one comes after it, or was it.
                 if (outcome == Outcome::NameTaken) return publish(request, reply);
                 if (outcome == Outcome::Conflict) return reply(state_machine_deleting(request.arn));
                 reply(unavailable());
               });
}

void Versions::remove(VersionName name, Reply<std::monostate> reply) {
  store_.write(storage::DeleteVersion{name.arn, name.number}, [this, name, reply = std::move(reply)](Outcome outcome) {
    if (outcome == Outcome::Committed) return reply(std::monostate());
    if (outcome != Outcome::Conflict) return reply(unavailable());
    std::string users;
    for (const auto& alias : store_.reader().aliases(name.arn, "", limits::kAliases)) {
      const bool used = std::any_of(alias.routes.begin(), alias.routes.end(),
                                    [&](const auto& route) { return route.version == name.number; });
      if (used) users += (users.empty() ? "" : ", ") + alias.name;
    }
    reply(refuse(RefusalCode::ConflictException,
                 "Version to be deleted must not be referenced by an alias. Current list of aliases referencing this "
                 "version: [" +
                     users + "]"));
  });
}

// ---- aliases --------------------------------------------------------------------------------------------------------

void Versions::create_alias(CreateAlias request, Reply<CreatedAlias> reply) {
  const auto& reader = store_.reader();
  if (!reader.state_machine(request.arn)) return reply(not_found(request.arn));
  if (const auto known = reader.alias(request.arn, request.name)) {
    // AWS API reference, CreateStateMachineAlias: idempotent by name, description and routes.
    const bool same = known->description == request.description && known->routes == request.routes;
    if (same) return reply(CreatedAlias{known->created_at});
    return reply(different_alias());
  }
  const auto now = clock_.now();
  storage::AliasRecord record{request.arn, request.name, request.description, request.routes, now, now};
  store_.write(storage::PutAlias{std::move(record), std::nullopt, limits::kAliases},
               [this, request = std::move(request), now, reply = std::move(reply)](Outcome outcome) {
                 if (outcome == Outcome::Committed) return reply(CreatedAlias{now});
                 if (outcome == Outcome::NameTaken) return create_alias(request, reply);
                 if (outcome != Outcome::Conflict) return reply(unavailable());
                 const auto missing = missing_version(request.arn, request.routes);
                 reply(missing ? not_found(*missing) : too_many_aliases());
               });
}

void Versions::update_alias(UpdateAlias request, Reply<UpdatedAlias> reply) {
  const auto present = store_.reader().alias(request.arn, request.name);
  if (!present) return reply(not_found(alias_arn(request.arn, request.name)));
  auto record = *present;
  if (request.description) record.description = *request.description;
  if (request.routes) record.routes = *request.routes;
  // AWS API reference, UpdateStateMachineAlias: idempotent by what it would become.
  if (record.description == present->description && record.routes == present->routes) {
    return reply(UpdatedAlias{present->updated_at});
  }
  // Later than the last change in any case: by it, the store knows one change from another.
  record.updated_at = std::max(clock_.now(), present->updated_at + std::chrono::milliseconds(1));
  const auto routes = record.routes;
  const auto updated_at = record.updated_at;
  store_.write(storage::PutAlias{std::move(record), present->updated_at},
               [this, request = std::move(request), routes, updated_at, reply = std::move(reply)](Outcome outcome) {
                 if (outcome == Outcome::Committed) return reply(UpdatedAlias{updated_at});
                 if (outcome == Outcome::NameTaken) return update_alias(request, reply);
                 if (outcome != Outcome::Conflict) return reply(unavailable());
                 reply(not_found(missing_version(request.arn, routes).value_or(request.arn)));
               });
}

void Versions::remove_alias(AliasName name, Reply<std::monostate> reply) {
  // As on AWS, one that is not there is deleted with success, as a version is.
  store_.write(storage::DeleteAlias{std::move(name.arn), std::move(name.name)},
               [reply = std::move(reply)](Outcome outcome) {
                 if (outcome == Outcome::Committed) return reply(std::monostate());
                 reply(unavailable());
               });
}

std::optional<std::string> Versions::missing_version(const std::string& machine_arn,
                                                     const std::vector<storage::Route>& routes) const {
  for (const auto& route : routes) {
    if (!store_.reader().version(machine_arn, route.version)) return version_arn(machine_arn, route.version);
  }
  return std::nullopt;
}

// ---- tags -----------------------------------------------------------------------------------------------------------

void Versions::change_tags(TagChange change, Reply<std::monostate> reply) {
  const auto arn = change.arn;
  // Removing is never refused, whatever there was before there was a limit.
  const auto max = change.put.empty() ? SIZE_MAX : limits::kTags;
  store_.write(storage::ChangeTags{arn, std::move(change.put), std::move(change.removed), max},
               [this, arn, reply = std::move(reply)](Outcome outcome) {
                 if (outcome == Outcome::Committed) return reply(std::monostate());
                 if (outcome != Outcome::Conflict) return reply(unavailable());
                 if (!store_.reader().state_machine(arn) && !store_.reader().activity(arn)) {
                   return reply(Refusal{RefusalCode::ResourceNotFound, "Resource not found: '" + arn + "'", arn});
                 }
                 reply(Refusal{RefusalCode::TooManyTags,
                               "Too many tags: at most " + std::to_string(limits::kTags) + " are accepted", arn});
               });
}

}  // namespace stepd::run
