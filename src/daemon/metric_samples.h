// Samples for GET /metrics of what only the daemon has at hand: its image workers and its data directory.
#pragma once

#include "api/metrics/metrics.h"
#include "tasks/workers/image_workers.h"

#include <filesystem>
#include <vector>

namespace stepd::daemon {

std::vector<api::Sample> image_worker_samples(const tasks::workers::Tally& tally);

/// Sizes of the database's files, and the room that is left on their disk. What cannot be read is left out.
std::vector<api::Sample> data_samples(const std::filesystem::path& data);

}  // namespace stepd::daemon
