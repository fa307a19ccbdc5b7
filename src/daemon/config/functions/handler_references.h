// Checks that functions name handlers, buckets, tables and topics, and topics name functions, that exist. It calls none
// of them.
#pragma once

#include "daemon/config/mapping.h"
#include "daemon/config/workflows/topics_section.h"
#include "services/service_options.h"

#include <vector>

namespace stepd::daemon {

/// `any_function`: functions that are not among these are looked for elsewhere.
void check_handlers(Mapping& root, const std::vector<services::Function>& functions,
                    const std::vector<ConfiguredTopic>& topics, bool any_function);

/// Warnings about literal arguments that name what `inventory` does not have.
void check_arguments(Mapping& root, const std::vector<services::Function>& functions,
                     const services::Inventory& inventory);

}  // namespace stepd::daemon
