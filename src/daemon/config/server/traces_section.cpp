#include "daemon/config/server/traces_section.h"

#include "base/http_field.h"
#include "daemon/config/secret_place.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>

namespace stepd::daemon {
namespace {

constexpr std::string_view kPath = "/v1/traces";

/// The protocol's rule for OTEL_EXPORTER_OTLP_ENDPOINT: the path is added to what the collector's address says.
std::string traces_url(Mapping& section) {
  auto url = section.text("endpoint");
  const bool scheme = url.starts_with("http://") || url.starts_with("https://");
  const bool plain = std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < 0x7F; });
  if (!url.empty() && (!scheme || !plain || url.find_first_of("?#@") != std::string::npos)) {
    section.fault("endpoint", "expected http://HOST:PORT or https://HOST of a collector, got '" + url + "'");
  }
  if (url.ends_with(kPath)) return url;
  while (url.ends_with('/')) url.pop_back();
  return url.append(kPath);
}

double read_share(Mapping& section) {
  const Json* given = section.take("sample");
  if (given == nullptr) return 1;
  const double share = given->is_number() ? given->get<double>() : -1;
  if (share >= 0 && share <= 1) return share;
  section.fault("sample", "sample: expected a number from 0 to 1, the share of the traces that are kept");
  return 1;
}

}  // namespace

std::optional<Traces> read_traces(Mapping& root) {
  if (!root.has("traces")) {
    root.take("traces");
    return std::nullopt;
  }
  Traces traces;
  root.section("traces", [&](Mapping& section) {
    traces.exporter.url = traces_url(section);
    traces.exporter.service_name = section.optional_text("service_name").value_or("stepd");
    traces.share = read_share(section);
    section.section("headers", [&](Mapping& fields) {
      for (const auto& name : fields.names()) {
        if (!is_http_token(name)) fields.fault_here("'" + name + "' is no name of a header field");
        traces.exporter.fields.emplace_back(name, read_secret(fields, name.c_str()));
      }
    });
  });
  return traces;
}

}  // namespace stepd::daemon
