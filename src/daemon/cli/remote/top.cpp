// `stepd top`: a live table of what the daemon does, made of GET /metrics.
#include "daemon/cli/cli.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/remote/metrics_text.h"
#include "daemon/cli/remote/remote_command.h"

#include "base/payload.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

namespace stepd::daemon {
namespace {

struct Options {
  RemoteOptions remote;
  double seconds = 2;
  std::size_t count = 0;
};

struct MachineRow {
  std::string name;
  double started = 0;  ///< a second, as the others
  double succeeded = 0;
  double failed = 0;  ///< and timed out, and aborted
  double mean_seconds = 0;
};

std::string rate(double value) {
  const auto tenths = std::llround(value * 10);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10);
}

std::vector<MachineRow> rows_of(const MetricsText& before, const MetricsText& now, double seconds) {
  const auto grown = [&](const char* name, const std::string& machine) {
    return std::max(0.0, now.value(name, "state_machine", machine) - before.value(name, "state_machine", machine));
  };
  std::vector<MachineRow> rows;
  for (const auto& machine : now.values_of("stepd_executions_started_total", "state_machine")) {
    MachineRow row{machine};
    row.started = grown("stepd_executions_started_total", machine) / seconds;
    row.succeeded = grown("stepd_executions_succeeded_total", machine) / seconds;
    for (const char* name :
         {"stepd_executions_failed_total", "stepd_executions_timed_out_total", "stepd_executions_aborted_total"}) {
      row.failed += grown(name, machine) / seconds;
    }
    const auto ended = grown("stepd_execution_time_seconds_count", machine);
    if (ended > 0) row.mean_seconds = grown("stepd_execution_time_seconds_sum", machine) / ended;
    rows.push_back(std::move(row));
  }
  std::stable_sort(rows.begin(), rows.end(),
                   [](const MachineRow& a, const MachineRow& b) { return a.started > b.started; });
  return rows;
}

std::string lanes_of(const MetricsText& now) {
  std::string text;
  for (const auto& lane : now.values_of("stepd_lane_slots", "lane")) {
    const auto number = [&](const char* name) { return std::to_string(std::llround(now.value(name, "lane", lane))); };
    text += (text.empty() ? "" : "   ") + lane + " " + number("stepd_lane_running") + "/" + number("stepd_lane_slots") +
            " run, " + number("stepd_lane_waiting") + " wait";
  }
  return text;
}

void show(const Remote& remote, const MetricsText& before, const MetricsText& now, double seconds) {
  const auto& terminal = remote.terminal;
  const auto whole = [&](const char* name) { return std::to_string(std::llround(now.sum(name))); };
  const auto cpu = (now.sum("process_cpu_seconds_total") - before.sum("process_cpu_seconds_total")) / seconds * 100;
  terminal.clear();
  terminal.line(terminal.paint("stepd", Colour::Bold) + " at " + remote.daemon.endpoint() + "   running " +
                whole("stepd_executions_running") + "   quarantined " + whole("stepd_executions_quarantined") +
                "   requests/s " +
                rate((now.sum("stepd_http_requests_total") - before.sum("stepd_http_requests_total")) / seconds) +
                "   commits/s " +
                rate((now.sum("stepd_store_commits_total") - before.sum("stepd_store_commits_total")) / seconds));
  terminal.line("lanes: " + lanes_of(now));
  terminal.line("process: CPU " + rate(cpu) + " %   memory " +
                std::to_string(std::llround(now.sum("process_resident_memory_bytes") / 1048576)) + " MiB   messages " +
                whole("stepd_outbox_messages") + "   image workers " + whole("stepd_image_workers"));
  std::vector<std::vector<Cell>> rows;
  for (const auto& row : rows_of(before, now, seconds)) {
    rows.push_back({{rate(row.started), Colour::Plain},
                    {rate(row.succeeded), row.succeeded > 0 ? Colour::Green : Colour::Plain},
                    {rate(row.failed), row.failed > 0 ? Colour::Red : Colour::Plain},
                    {row.mean_seconds > 0 ? shown_span(row.mean_seconds) : "-", Colour::Plain},
                    {row.name, Colour::Bold}});
  }
  terminal.line("");
  terminal.table({"STARTED/s", "SUCCEEDED/s", "FAILED/s", "MEAN", "STATE MACHINE"}, rows);
  terminal.out() << std::flush;
}

void show_json(const Remote& remote, const MetricsText& before, const MetricsText& now, double seconds) {
  Json machines = Json::array();
  for (const auto& row : rows_of(before, now, seconds)) {
    machines.push_back({{"name", row.name},
                        {"startedPerSecond", row.started},
                        {"succeededPerSecond", row.succeeded},
                        {"failedPerSecond", row.failed},
                        {"meanSeconds", row.mean_seconds}});
  }
  remote.terminal.line(print_json(Json{{"running", now.sum("stepd_executions_running")},
                                       {"quarantined", now.sum("stepd_executions_quarantined")},
                                       {"stateMachines", std::move(machines)}}));
  remote.terminal.out() << std::flush;
}

int watch(const Options& options) {
  Remote remote(options.remote);
  std::optional<MetricsText> before;
  auto last = std::chrono::steady_clock::now();
  for (std::size_t shown = 0;;) {
    const auto text = remote.daemon.get("/metrics");
    if (!text) return complain_of(text.error(), remote);
    const MetricsText now(*text);
    const auto at = std::chrono::steady_clock::now();
    if (before) {
      const auto seconds = std::max(0.001, std::chrono::duration<double>(at - last).count());
      remote.json ? show_json(remote, *before, now, seconds) : show(remote, *before, now, seconds);
      if (++shown == options.count) break;
    }
    // The first table compares with a shorter time, so that people need not wait for it.
    const auto pause = before ? options.seconds : std::min(options.seconds, 0.5);
    before = now;
    last = at;
    std::this_thread::sleep_for(std::chrono::duration<double>(pause));
  }
  return kSuccess;
}

}  // namespace

void declare_top(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("top", "watch what a daemon does: a table that is drawn again and again");
  command->add_option("--every", options->seconds, "seconds between two tables")
      ->check(CLI::Range(0.1, 3'600.0))
      ->capture_default_str();
  command->add_option("-n,--count", options->count, "tables until it ends; 0: until it is interrupted")
      ->check(CLI::Range(0, 1'000'000))
      ->capture_default_str();
  add_remote_options(*command, options->remote);
  command->callback([options, &exit_code] { exit_code = watch(*options); });
}

}  // namespace stepd::daemon
