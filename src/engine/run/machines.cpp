#include "engine/run/machines.h"

#include "engine/core/compile.h"
#include "engine/run/arn.h"
#include "engine/run/refusals.h"
#include "engine/run/uuid.h"

namespace stepd::run {
namespace {

asl::ParseOptions options_of(storage::StateMachineType type) {
  return {.express = type == storage::StateMachineType::Express};
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
    : region_(std::move(region)), account_(std::move(account)), store_(store), clock_(clock) {}

MachinePointer Machines::remember(std::optional<storage::StateMachineRecord> record) {
  if (!record) return nullptr;
  const std::pair key(record->arn, record->revision_id);
  if (const auto known = all_.find(key); known != all_.end()) {
    if (auto machine = known->second.lock()) return machine;
  }
  auto compiled = core::compile(record->definition, options_of(record->type));
  if (!compiled.definition) return nullptr;
  std::erase_if(all_, [](const auto& entry) { return entry.second.expired(); });
  auto machine = std::make_shared<const Machine>(Machine{*std::move(record), std::move(compiled.definition)});
  all_[key] = machine;
  return machine;
}

MachinePointer Machines::newest(const std::string& arn) {
  const std::lock_guard lock(mutex_);
  if (const auto held = held_.find(arn); held != held_.end()) return held->second;
  auto machine = remember(store_.reader().state_machine(arn));
  if (machine) held_[arn] = machine;
  return machine;
}

MachinePointer Machines::revision(const std::string& arn, const std::string& revision_id) {
  const std::lock_guard lock(mutex_);
  if (const auto known = all_.find({arn, revision_id}); known != all_.end()) {
    if (auto machine = known->second.lock()) return machine;
  }
  return remember(store_.reader().revision(arn, revision_id));
}

void Machines::put(storage::StateMachineRecord record, std::string replaces,
                   std::function<void(storage::Outcome)> done) {
  const auto arn = record.arn;
  store_.write(storage::PutStateMachine{std::move(record), std::move(replaces)},
               [this, arn, done = std::move(done)](storage::Outcome outcome) {
                 {
                   const std::lock_guard lock(mutex_);
                   held_.erase(arn);
                 }
                 done(outcome);
               });
}

void Machines::create(CreateStateMachine request, Reply<CreatedStateMachine> reply) {
  if (!is_name(request.name)) return reply(refuse(RefusalCode::InvalidName, "Invalid Name: '" + request.name + "'"));
  const auto compiled = core::compile(request.definition, options_of(request.type));
  if (!compiled.definition)
    return reply(refuse(RefusalCode::InvalidDefinition, invalid_definition_message(compiled.diagnostics)));

  const auto now = clock_.now();
  storage::StateMachineRecord record{state_machine_arn(region_, account_, request.name),
                                     make_uuid(),
                                     std::move(request.name),
                                     request.type,
                                     std::move(request.role_arn),
                                     std::move(request.definition),
                                     std::move(request.configuration),
                                     now,
                                     now};
  put(record, "", [this, record, reply = std::move(reply)](storage::Outcome outcome) {
    if (outcome == storage::Outcome::Committed) return reply(CreatedStateMachine{record.arn, record.created_at});
    if (outcome != storage::Outcome::NameTaken) return reply(unavailable());
    // AWS API reference, CreateStateMachine: idempotent by name, definition, type and configuration, not by role.
    const auto present = store_.reader().state_machine(record.arn);
    if (!present) return reply(state_machine_deleting(record.arn));
    if (present->definition == record.definition && present->type == record.type &&
        present->configuration == record.configuration) {
      return reply(CreatedStateMachine{present->arn, present->created_at});
    }
    reply(refuse(RefusalCode::StateMachineAlreadyExists, "State Machine Already Exists: '" + record.arn + "'"));
  });
}

void Machines::update(UpdateStateMachine request, Reply<UpdatedStateMachine> reply) {
  const auto present = store_.reader().state_machine(request.arn);
  if (!present) return reply(refuse(RefusalCode::StateMachineDoesNotExist, no_such_state_machine(request.arn)));
  auto record = *present;
  if (request.definition) {
    const auto compiled = core::compile(*request.definition, options_of(record.type));
    if (!compiled.definition)
      return reply(refuse(RefusalCode::InvalidDefinition, invalid_definition_message(compiled.diagnostics)));
    record.definition = *request.definition;
  }
  if (request.role_arn) record.role_arn = *request.role_arn;
  if (request.configuration) record.configuration = *request.configuration;
  const auto now = clock_.now();
  const bool same = record.definition == present->definition && record.role_arn == present->role_arn &&
                    record.configuration == present->configuration;
  if (same) return reply(UpdatedStateMachine{present->revision_id, now});  // as on AWS: no new revision
  record.revision_id = make_uuid();
  record.updated_at = now;
  put(record, present->revision_id, [this, record, request, reply = std::move(reply)](storage::Outcome outcome) {
    if (outcome == storage::Outcome::Committed)
      return reply(UpdatedStateMachine{record.revision_id, record.updated_at});
    // Somebody else's update came between: this one goes on top of it.
    if (outcome == storage::Outcome::NameTaken) return update(request, reply);
    reply(unavailable());
  });
}

void Machines::remove(std::string arn, Reply<std::monostate> reply) {
  store_.write(storage::DeleteStateMachine{arn}, [this, arn, reply = std::move(reply)](storage::Outcome outcome) {
    {
      const std::lock_guard lock(mutex_);
      held_.erase(arn);
    }
    if (outcome == storage::Outcome::Committed) return reply(std::monostate());
    reply(unavailable());
  });
}

}  // namespace stepd::run
