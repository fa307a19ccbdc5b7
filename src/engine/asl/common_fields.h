// Reads the fields that several state types share: paths, payload templates, variables, Retry and Catch.
#pragma once

#include "engine/asl/definition.h"
#include "engine/asl/fields.h"
#include "engine/asl/transitions.h"

#include <optional>
#include <vector>

namespace stepd::asl {

/// Reads the field groups that the state's type has, except Retry, Catch, Next and End.
void read_data_fields(Fields& fields, State& state);
/// Assign and, in JSONata, Output. `access` is what they may read.
ExitFields read_exit(Fields& fields, StatesAccess access = {});
void read_next_or_end(Fields& fields, State& state, std::vector<Transition>& transitions);
void read_retry_and_catch(Fields& fields, State& state, std::vector<Transition>& transitions);

/// The number of characters (not bytes) of a UTF-8 text.
std::size_t characters(std::string_view text);

}  // namespace stepd::asl
