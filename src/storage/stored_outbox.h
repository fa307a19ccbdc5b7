// The outbox over any Store.
#pragma once

#include "base/outbox.h"
#include "storage/store.h"

#include <memory>

namespace stepd::storage {

/// `store` must outlive the answer.
std::unique_ptr<Outbox> make_outbox(Store& store, OutboxLimits limits = {});

}  // namespace stepd::storage
