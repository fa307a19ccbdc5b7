// Reads the fields that only a Map state has (ASL §Map State; AWS dev guide: Map workflow state).
//
// 1. The fields of both modes are checked. What only DISTRIBUTED mode can run (ItemReader, ItemBatcher, ResultWriter
//    and the mode itself) is reported as not supported here (asl::codes::kNotRunHere), because the definition is
//    correct.
// 2. The fields are checked here and given meaning in states/map.cpp.
#pragma once

#include "engine/asl/grammar.h"

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace stepd::core::states {

/// Own fields of a Map state that only one query language has.
inline constexpr std::array<std::string_view, 6> kMapFieldsOfOneLanguage{"Items",
                                                                         "ItemsPath",
                                                                         "MaxConcurrencyPath",
                                                                         "Parameters",
                                                                         "ToleratedFailureCountPath",
                                                                         "ToleratedFailurePercentagePath"};

inline constexpr std::int64_t kToleratedFailuresMax = 1'000'000'000;

struct MapFields : asl::StateBody {
  asl::Path items = asl::Path::root();
  std::optional<asl::PayloadTemplate> items_template;  ///< Items of JSONata
  std::optional<asl::PayloadTemplate> item_selector;
  std::int64_t max_concurrency = 0;  ///< 0: no limit of the author's
  std::optional<asl::Path> max_concurrency_path;
  std::optional<asl::Query> max_concurrency_query;
  std::optional<std::int64_t> tolerated_failure_count;
  std::optional<asl::Path> tolerated_failure_count_path;
  std::optional<asl::Query> tolerated_failure_count_query;
  std::optional<double> tolerated_failure_percentage;  ///< 0 to 100
  std::optional<asl::Path> tolerated_failure_percentage_path;
  std::optional<asl::Query> tolerated_failure_percentage_query;
};

/// Also reads the item processor, into reader.state.workflows. Faults go to reader.fields; the result is never null.
std::unique_ptr<const MapFields> parse_map(asl::StateReader& reader);

}  // namespace stepd::core::states
