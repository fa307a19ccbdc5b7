#include "daemon/cli/report.h"

#include "base/json.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <ostream>
#include <set>
#include <string_view>

namespace stepd::daemon {
namespace {

constexpr const char* kOtherRule = "CONFIGURATION";  // a configuration's faults have no code

const char* severity_of(const Fault& fault) { return fault.severity == asl::Severity::Error ? "ERROR" : "WARNING"; }

std::string rule_of(const Fault& fault) { return fault.code.empty() ? kOtherRule : fault.code; }

void print(const Json& json, std::ostream& out) {
  out << json.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
}

/// Positions count bytes, SARIF's columns code points.
int code_point_column(std::string_view text, asl::Position at) {
  for (int line = 1; line < at.line; ++line) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos) return at.column;
    text.remove_prefix(end + 1);
  }
  const auto before = text.substr(0, static_cast<std::size_t>(std::max(at.column - 1, 0)));
  return 1 + static_cast<int>(std::count_if(before.begin(), before.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

Json sarif_result(const Examined& file, const Fault& fault) {
  const Json region{{"startLine", fault.at.line}, {"startColumn", code_point_column(file.text, fault.at)}};
  Json location{{"physicalLocation",
                 {{"artifactLocation", {{"uri", file.name == "-" ? "stdin" : file.name}}}, {"region", region}}}};
  if (!fault.pointer.empty()) location["logicalLocations"] = Json::array({{{"fullyQualifiedName", fault.pointer}}});
  const std::string text = fault.message + (fault.hint.empty() ? "" : " (" + fault.hint + ")");
  return {{"ruleId", rule_of(fault)},
          {"level", fault.severity == asl::Severity::Error ? "error" : "warning"},
          {"message", {{"text", text}}},
          {"locations", Json::array({std::move(location)})}};
}

}  // namespace

bool Examined::is_valid() const {
  return std::none_of(faults.begin(), faults.end(),
                      [](const Fault& fault) { return fault.severity == asl::Severity::Error; });
}

void report_text(const std::vector<Examined>& files, std::ostream& out) {
  for (const auto& file : files) {
    for (const auto& fault : file.faults) out << to_text(fault) << "\n";
  }
}

void report_json(const std::vector<Examined>& files, std::ostream& out) {
  Json shown = Json::array();
  for (const auto& file : files) {
    Json diagnostics = Json::array();
    for (const auto& fault : file.faults) {
      Json one{{"line", fault.at.line},
               {"column", fault.at.column},
               {"severity", severity_of(fault)},
               {"code", rule_of(fault)},
               {"message", fault.message}};
      if (!fault.pointer.empty()) one["pointer"] = fault.pointer;
      if (!fault.hint.empty()) one["hint"] = fault.hint;
      if (!fault.excerpt.empty()) one["excerpt"] = fault.excerpt;
      diagnostics.push_back(std::move(one));
    }
    shown.push_back({{"file", file.name}, {"valid", file.is_valid()}, {"diagnostics", std::move(diagnostics)}});
  }
  const bool valid = std::all_of(files.begin(), files.end(), [](const Examined& file) { return file.is_valid(); });
  print({{"valid", valid}, {"files", std::move(shown)}}, out);
}

void report_sarif(const std::vector<Examined>& files, std::ostream& out) {
  Json results = Json::array();
  std::set<std::string> codes;
  for (const auto& file : files) {
    for (const auto& fault : file.faults) {
      codes.insert(rule_of(fault));
      results.push_back(sarif_result(file, fault));
    }
  }
  Json rules = Json::array();
  for (const auto& code : codes) rules.push_back({{"id", code}});
  const Json driver{{"name", "stepd"}, {"version", STEPD_VERSION}, {"rules", std::move(rules)}};
  const Json run{{"tool", {{"driver", driver}}}, {"columnKind", "unicodeCodePoints"}, {"results", std::move(results)}};
  print({{"$schema", "https://json.schemastore.org/sarif-2.1.0.json"},
         {"version", "2.1.0"},
         {"runs", Json::array({run})}},
        out);
}

}  // namespace stepd::daemon
