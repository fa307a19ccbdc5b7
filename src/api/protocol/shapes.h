// Structures and values that several operations share. Which operation takes or gives them is not known here.
#pragma once

#include "api/protocol/members.h"
#include "base/clock.h"
#include "base/json.h"
#include "storage/store.h"

#include <cstddef>
#include <optional>
#include <string>

namespace stepd::api {

/// AWS's names: RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED.
const char* status_name(storage::ExecutionStatus status);
/// None for a status that no execution here can have.
std::optional<storage::ExecutionStatus> status_of(const std::string& name);
const char* type_name(storage::StateMachineType type);

/// `maxResults`: 0 and absent are the default of 100.
std::size_t read_page_size(Members& members);
/// `includedData`.
enum class Inclusion { All, Metadata_only };
Inclusion read_included_data(Members& members);

/// Logging, tracing and encryption of a request as one object with every default filled in, so that equal
/// configurations are equal texts (AWS API reference: CreateStateMachine, idempotency).
Checked<Json> read_configuration(Members& members);
/// `encryptionConfiguration` of a request alone, likewise.
Checked<Json> read_encryption_configuration(Members& members);
/// The members with which DescribeStateMachine shows a stored configuration.
void show_configuration(const std::string& stored, Json& description);

/// `redriveCount` and, where it is more than none, `redriveDate`.
void show_redrives(const storage::ExecutionSummary& record, Json& description);

/// `revisionId`, which AWS does not give the first revision, and `variableReferences`, if there are any.
void show_revision(const storage::StateMachineRecord& record, Json& description);

}  // namespace stepd::api
