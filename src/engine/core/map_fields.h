// The fields that a Map state alone has (ASL §Map State; AWS dev guide: Map workflow state), read into what both modes
// need. How a Map runs is not known here.
#pragma once

#include "engine/asl/grammar.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace stepd::core::states {

/// What only one query language has.
inline constexpr std::array<std::string_view, 6> kMapFieldsOfOneLanguage{"Items",
                                                                         "ItemsPath",
                                                                         "MaxConcurrencyPath",
                                                                         "Parameters",
                                                                         "ToleratedFailureCountPath",
                                                                         "ToleratedFailurePercentagePath"};

struct MapFields : asl::StateBody {
  asl::Path items = asl::Path::root();
  std::optional<asl::PayloadTemplate> item_selector;
  std::int64_t max_concurrency = 0;
  std::optional<asl::Path> max_concurrency_path;
  std::optional<std::int64_t> tolerated_failure_count;
  std::optional<asl::Path> tolerated_failure_count_path;
  std::optional<double> tolerated_failure_percentage;
  std::optional<asl::Path> tolerated_failure_percentage_path;
};

/// Also reads the item processor, into reader.state.workflows.
std::unique_ptr<const MapFields> parse_map(asl::StateReader& reader);

}  // namespace stepd::core::states
