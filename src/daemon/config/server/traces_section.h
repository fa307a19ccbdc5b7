// The configuration's `traces`: where spans of executions are sent.
#pragma once

#include "daemon/config/mapping.h"
#include "traces/span_exporter.h"

#include <optional>

namespace stepd::daemon {

struct Traces {
  traces::ExporterOptions exporter;
  double share = 1;  ///< of the traces that nobody else has decided about; from 0 to 1
};

/// None: nothing is traced.
std::optional<Traces> read_traces(Mapping& root);

}  // namespace stepd::daemon
