// The two query languages of states (ASL §Query Languages), and the fields that only one of them has.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace stepd::asl {

enum class QueryLanguage : std::uint8_t { JsonPath, Jsonata };

inline constexpr std::string_view name_of(QueryLanguage language) {
  return language == QueryLanguage::JsonPath ? "JSONPath" : "JSONata";
}

/// Fields of a state, a Choice rule, a catcher or a part of a Map state that only JSONata has.
inline constexpr std::array<std::string_view, 4> kJsonataFields{"Arguments", "Condition", "Items", "Output"};
inline constexpr std::array<std::string_view, 20> kJsonPathFields{
    "CausePath",
    "ErrorPath",
    "HeartbeatSecondsPath",
    "InputPath",
    "ItemsPath",
    "MaxConcurrencyPath",
    "MaxInputBytesPerBatchPath",
    "MaxItemsPath",
    "MaxItemsPerBatchPath",
    "OutputPath",
    "Parameters",
    "Result",
    "ResultPath",
    "ResultSelector",
    "SecondsPath",
    "TimeoutSecondsPath",
    "TimestampPath",
    "ToleratedFailureCountPath",
    "ToleratedFailurePercentagePath",
    "Variable",
};

inline bool belongs_to_other(QueryLanguage language, std::string_view field) {
  const auto in = [&](const auto& list) { return std::find(list.begin(), list.end(), field) != list.end(); };
  return language == QueryLanguage::JsonPath ? in(kJsonataFields) : in(kJsonPathFields);
}

}  // namespace stepd::asl
