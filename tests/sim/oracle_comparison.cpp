#include "sim/oracle_comparison.h"

#include "sim/random_data.h"

namespace stepd::test {
namespace {

/// FNV-1a.
std::uint64_t digest(const std::string& text) {
  std::uint64_t hash = 0xCBF29CE484222325ull;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3ull;
  return hash;
}

void cut_fault_causes(nlohmann::ordered_json& value) {
  if (value.is_string() && value.get_ref<const std::string&>().find(oracle::kFaultCause) != std::string::npos)
    value = oracle::kFaultCause;
  if (!value.is_structured()) return;
  for (auto& member : value) cut_fault_causes(member);
}

}  // namespace

std::string comparable(const std::string& json) {
  auto value = nlohmann::ordered_json::parse(json);
  cut_fault_causes(value);
  return value.dump();
}

oracle::Reply oracle_reply(const std::string& state, int retries, const std::string& input) {
  RandomData data(digest(state + std::to_string(retries) + comparable(input)));
  if (data.one_in(5)) {
    static constexpr const char* kErrors[] = {"Odd", "Even", "States.Timeout"};
    return {std::nullopt, kErrors[data.draw(3)], "of " + state};
  }
  return {data.reply().dump()};
}

bool agree(const oracle::Ending& said, const oracle::Ending& seen) {
  if (said.output || seen.output) return said.output && seen.output && comparable(*said.output) == *seen.output;
  return said.error == seen.error &&
         (said.cause.find(oracle::kFaultCause) != std::string::npos || said.cause == seen.cause);
}

std::string shown(const oracle::Ending& ending) {
  return ending.output ? "output " + *ending.output : "error " + ending.error + ", cause " + ending.cause;
}

}  // namespace stepd::test
