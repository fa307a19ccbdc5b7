#include "engine/run/machines.h"

#include "engine/core/compile.h"
#include "engine/run/arn.h"
#include "engine/run/refusals.h"
#include "engine/run/uuid.h"
#include "engine/run/validation.h"

#include <algorithm>

namespace stepd::run {
namespace {

constexpr std::size_t kStartedVersions = 64;

asl::ParseOptions options_of_stored(storage::StateMachineType type) {
  auto options = parse_options(type);
  options.stored = true;
  return options;
}

bool is_plain(const asl::Definition& definition) {
  return std::all_of(definition.by_name.begin(), definition.by_name.end(),
                     [](const auto& state) { return state.second->language == asl::QueryLanguage::JsonPath; });
}

}  // namespace

std::string invalid_definition_message(const asl::Diagnostics& diagnostics) {
  std::string list;
  for (const auto& each : diagnostics) {
    if (each.severity != asl::Severity::Error) continue;
    if (!list.empty()) list += ", ";
    list += each.code + ": " + each.message + " at " + (each.location.empty() ? "null" : each.location);  // AWS's null
  }
  return "Invalid State Machine Definition: '" + list + "'";
}

Machines::Machines(std::string region, std::string account, storage::Store& store, const Clock& clock)
    : region_(std::move(region)), account_(std::move(account)), store_(store), clock_(clock), versions_(store, clock) {}

MachinePointer Machines::remember(std::optional<storage::StateMachineRecord> record) {
  if (!record) return nullptr;
  const std::pair key(record->arn, record->revision_id);
  if (const auto known = all_.find(key); known != all_.end()) {
    if (auto machine = known->second.lock()) return machine;
  }
  auto compiled = core::compile_text(record->definition, options_of_stored(record->type));
  if (!compiled.definition) return nullptr;
  std::erase_if(all_, [](const auto& entry) { return entry.second.expired(); });
  auto logging = read_log_settings(record->configuration);
  const bool plain = is_plain(*compiled.definition);
  auto machine = std::make_shared<const Machine>(
      Machine{*std::move(record), std::move(compiled.definition), std::move(logging), plain});
  all_[key] = machine;
  return machine;
}

MachinePointer Machines::newest(const std::string& arn) {
  if (auto held = find_held(arn)) return held;
  const MutexLock lock(mutex_);
  if (auto held = find_held(arn)) return held;  // somebody has read it meanwhile
  auto machine = remember(store_.reader().state_machine(arn));
  if (machine) {
    const MutexLock held_lock(held_mutex_);
    held_[arn] = machine;
  }
  return machine;
}

MachinePointer Machines::find_held(const std::string& arn) const {
  const MutexLock lock(held_mutex_);
  const auto held = held_.find(arn);
  return held == held_.end() ? nullptr : held->second;
}

void Machines::drop_held(const std::string& arn) {
  const MutexLock lock(mutex_);
  const MutexLock held_lock(held_mutex_);
  held_.erase(arn);
}

bool Machines::holds(const std::string& arn) const { return find_held(arn) != nullptr; }

MachinePointer Machines::revision(const std::string& arn, const std::string& revision_id) {
  const MutexLock lock(mutex_);
  if (const auto known = all_.find({arn, revision_id}); known != all_.end()) {
    if (auto machine = known->second.lock()) return machine;
  }
  return remember(store_.reader().revision(arn, revision_id));
}

MachinePointer Machines::published(const std::string& arn, const std::string& revision_id) {
  auto machine = revision(arn, revision_id);
  if (!machine) return nullptr;
  const MutexLock lock(mutex_);
  std::erase(started_versions_, machine);
  started_versions_.push_front(machine);
  if (started_versions_.size() > kStartedVersions) started_versions_.pop_back();
  return machine;
}

std::optional<ChosenMachine> Machines::choose(const std::string& qualified_arn, std::uint64_t bits) {
  const auto [arn, qualifier] = split_qualifier(qualified_arn);
  if (qualifier.empty()) {
    auto machine = newest(arn);
    return machine ? std::optional(ChosenMachine{std::move(machine), 0, ""}) : std::nullopt;
  }
  ChosenMachine chosen;
  if (const auto number = version_number(qualifier)) {
    chosen.version = *number;
  } else {
    const auto alias = store_.reader().alias(arn, qualifier);
    if (!alias) return std::nullopt;
    chosen.alias = alias->name;
    chosen.version = choose_route(alias->routes, bits);
  }
  const auto version = store_.reader().version(arn, chosen.version);
  if (!version) return std::nullopt;
  chosen.machine = published(arn, version->revision_id);
  return chosen.machine ? std::optional(std::move(chosen)) : std::nullopt;
}

void Machines::put(storage::PutStateMachine put, std::function<void(storage::Outcome)> done) {
  const auto arn = put.record.arn;
  store_.write(std::move(put), [this, arn, done = std::move(done)](storage::Outcome outcome) {
    drop_held(arn);
    done(outcome);
  });
}

void Machines::create(CreateStateMachine request, Reply<CreatedStateMachine> reply) {
  if (!is_name(request.name)) return reply(refuse(RefusalCode::InvalidName, "Invalid Name: '" + request.name + "'"));
  const auto compiled = core::compile_text(request.definition, parse_options(request.type));
  if (!compiled.definition)
    return reply(refuse(RefusalCode::InvalidDefinition, invalid_definition_message(compiled.diagnostics)));

  const auto now = clock_.now();
  storage::PutStateMachine made{
      {state_machine_arn(region_, account_, request.name), make_uuid(), std::move(request.name), request.type,
       std::move(request.role_arn), std::move(request.definition), std::move(request.configuration), now, now},
      "",
      std::nullopt,
      std::move(request.tags)};
  if (request.publish) {
    made.version = storage::VersionRecord{made.record.arn, 1, made.record.revision_id,
                                          std::move(request.version_description), now};
  }
  put(made, [this, made, reply = std::move(reply)](storage::Outcome outcome) {
    if (outcome == storage::Outcome::Committed)
      return reply(CreatedStateMachine{made.record.arn, made.record.created_at, made.version ? 1U : 0U});
    if (outcome != storage::Outcome::NameTaken) return reply(unavailable());
    reply(created_before(made));
  });
}

Answer<CreatedStateMachine> Machines::created_before(const storage::PutStateMachine& put) const {
  // AWS API reference, CreateStateMachine: idempotent by name, definition, type, configuration, publish and the
  // version's description, not by role and tags.
  const auto& record = put.record;
  const auto present = store_.reader().state_machine(record.arn);
  if (!present) return state_machine_deleting(record.arn);
  bool same = present->definition == record.definition && present->type == record.type &&
              present->configuration == record.configuration;
  CreatedStateMachine created{present->arn, present->created_at};
  if (same && put.version) {
    const auto version = store_.reader().version_of(present->arn, present->revision_id);
    same = version && version->description == put.version->description;
    if (same) created.version = version->number;
  }
  if (same) return created;
  return refuse(RefusalCode::StateMachineAlreadyExists, "State Machine Already Exists: '" + record.arn + "'");
}

void Machines::update(UpdateStateMachine request, Reply<UpdatedStateMachine> reply) {
  const auto present = store_.reader().state_machine(request.arn);
  if (!present) return reply(refuse(RefusalCode::StateMachineDoesNotExist, no_such_state_machine(request.arn)));
  auto record = *present;
  if (request.definition) {
    const auto compiled = core::compile_text(*request.definition, parse_options(record.type));
    if (!compiled.definition)
      return reply(refuse(RefusalCode::InvalidDefinition, invalid_definition_message(compiled.diagnostics)));
    record.definition = *request.definition;
  }
  if (request.role_arn) record.role_arn = *request.role_arn;
  if (request.configuration) record.configuration = *request.configuration;
  const bool same = record.definition == present->definition && record.role_arn == present->role_arn &&
                    record.configuration == present->configuration;
  if (same) {  // as on AWS: no new revision
    UpdatedStateMachine unchanged{is_initial(*present) ? "" : present->revision_id, clock_.now()};
    if (!request.publish) return reply(std::move(unchanged));
    return publish_unchanged(request, std::move(unchanged), std::move(reply));
  }
  record.revision_id = make_uuid();
  record.updated_at = std::max(clock_.now(), present->created_at + std::chrono::milliseconds(1));  // see is_initial
  storage::PutStateMachine made{std::move(record), present->revision_id};
  UpdatedStateMachine updated{made.record.revision_id, made.record.updated_at};
  if (request.publish) {
    auto version = versions_.next(made.record, request.version_description);
    if (!version.has_value()) return reply(version.error());
    updated.version = version->number;
    made.version = *std::move(version);
  }
  put(std::move(made), [this, updated, request, reply = std::move(reply)](storage::Outcome outcome) {
    if (outcome == storage::Outcome::Committed) return reply(updated);
    // Somebody else's update came between: this one goes on top of it.
    if (outcome == storage::Outcome::NameTaken) return update(request, reply);
    reply(unavailable());
  });
}

void Machines::publish_unchanged(const UpdateStateMachine& request, UpdatedStateMachine unchanged,
                                 Reply<UpdatedStateMachine> reply) {
  versions_.publish({request.arn, std::nullopt, request.version_description},
                    [unchanged = std::move(unchanged), reply = std::move(reply)](Answer<PublishedVersion> answer) {
                      if (!answer.has_value()) return reply(answer.error());
                      auto updated = unchanged;
                      updated.version = answer->number;
                      reply(std::move(updated));
                    });
}

void Machines::remove(std::string arn, Reply<std::monostate> reply) {
  store_.write(storage::DeleteStateMachine{arn}, [this, arn, reply = std::move(reply)](storage::Outcome outcome) {
    drop_held(arn);
    if (outcome == storage::Outcome::Committed) return reply(std::monostate());
    reply(unavailable());
  });
}

}  // namespace stepd::run
