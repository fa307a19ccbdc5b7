// The configuration's `notifications`: new objects told of as S3 tells them, one execution or call of a function
// per record.
#pragma once

#include "daemon/config/mapping.h"
#include "daemon/config/storage/buckets_section.h"
#include "daemon/config/workflows/state_machines_section.h"
#include "triggers/rules.h"

#include <vector>

namespace stepd::daemon {

std::vector<triggers::Notification> read_notifications(Mapping& root, const triggers::Origin& origin,
                                                       const std::vector<Bucket>& buckets,
                                                       const std::vector<StateMachine>& machines,
                                                       const services::Inventory& inventory);

}  // namespace stepd::daemon
