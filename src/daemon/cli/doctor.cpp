// `stepd doctor`: looks at the store of a daemon that does not run, names the executions that are quarantined, and lets
// one be tried again; and says what waits to be delivered.
#include "base/clock.h"
#include "daemon/cli/cli.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/start_failure.h"
#include "storage/sqlite/sqlite_store.h"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <future>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

namespace stepd::daemon {
namespace {

constexpr std::size_t kPage = 1'000;

struct Options {
  std::string data = "data";
  std::string release;
};

int complain(const std::string& why) {
  std::cerr << "stepd: " << why << "\n";
  return kCannotRun;
}

template <class Visit>
void for_each_quarantined(const storage::Store& store, Visit visit) {
  storage::ExecutionId after{};
  for (;;) {
    const auto page = store.reader().quarantined(after, kPage);
    for (const auto& each : page) visit(each);
    if (page.size() < kPage) return;
    after = page.back().record.id;
  }
}

int release(storage::Store& store, const std::string& arn) {
  std::optional<storage::ExecutionId> found;
  for_each_quarantined(store, [&](const auto& each) {
    if (each.arn == arn) found = each.record.id;
  });
  if (!found) return complain("no execution of that ARN is quarantined: " + arn);
  std::promise<storage::Outcome> promise;
  store.write(storage::DropQuarantine{*found}, [&](storage::Outcome outcome) { promise.set_value(outcome); });
  if (promise.get_future().get() != storage::Outcome::Committed) return complain("the store takes no writes");
  std::cout << "released: " << arn << "\nThe next `stepd serve` carries on with it.\n";
  return kSuccess;
}

void describe_outbox(const storage::Reader& reader) {
  const auto tally = reader.tally_outbox();
  if (tally.messages > 0) {
    std::cout << "Messages that wait to be delivered: " << tally.messages << ", of " << tally.bytes << " bytes\n";
  }
  for (const auto& destination : reader.outbox_destinations()) {
    for (const auto& first : reader.outbox(destination, 1)) {
      std::cout << "  for " << destination << ", the first after " << first.attempts << " failed attempts, due "
                << to_rfc3339(first.not_before) << "\n";
    }
  }
  if (tally.dropped > 0) std::cout << "Messages that found no room and were dropped: " << tally.dropped << "\n";
}

int list(const storage::Store& store) {
  describe_outbox(store.reader());
  std::size_t count = 0;
  for_each_quarantined(store, [&](const storage::QuarantinedExecution& each) {
    ++count;
    std::cout << each.arn << "\n  since  " << to_rfc3339(each.record.at) << "\n";
    if (!each.record.state.empty()) std::cout << "  state  " << each.record.state << "\n";
    std::cout << "  cause  " << each.record.cause << "\n";
  });
  if (count == 0) {
    std::cout << "No execution is quarantined.\n";
    return kSuccess;
  }
  std::cout << count << (count == 1 ? " execution is" : " executions are")
            << " quarantined. StopExecution ends one; --release ARN lets it be tried again.\n";
  return kFailure;
}

int examine(const Options& options) {
  try {
    if (!std::filesystem::exists(std::filesystem::path(options.data) / "stepd.db"))
      return complain("there is no store in " + options.data);
    const auto store = storage::open_sqlite(options.data);
    return options.release.empty() ? list(*store) : release(*store, options.release);
  } catch (const std::exception& error) {
    return complain(why_not_started(error));
  }
}

}  // namespace

void declare_doctor(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "doctor", "name the executions that cannot go on and what waits to be delivered, while the daemon does not run");
  command->add_option("--data", options->data, "the daemon's data directory")->capture_default_str();
  command->add_option("--release", options->release, "ARN of a quarantined execution that is to be tried again");
  command->footer("Exit code: 0 nothing is wrong, 1 an execution is quarantined, 2 the store cannot be looked at.");
  command->callback([options, &exit_code] { exit_code = examine(*options); });
}

}  // namespace stepd::daemon
