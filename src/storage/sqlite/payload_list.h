// The ids of the payloads that were stored together with an event, as one short column of the event's row: what an
// index on payload.execution would say, without a page of its own in every commit.
#pragma once

#include "storage/store.h"

#include <string>
#include <string_view>
#include <vector>

namespace stepd::storage::sqlite {

/// Ascending differences, each as a little-endian base-128 number. Empty for none.
std::string list_payloads(const std::vector<PayloadRecord>& payloads);

/// What can be read of a list; damaged bytes end it early.
std::vector<PayloadId> payloads_of(std::string_view list);

}  // namespace stepd::storage::sqlite
