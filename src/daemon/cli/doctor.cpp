// `stepd doctor`: looks at the store of a daemon that does not run, checks that everything in it can be read, names the
// executions that are damaged or quarantined, and lets one be tried again; and says what waits to be delivered.
#include "base/clock.h"
#include "daemon/cli/cli.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/start_failure.h"
#include "engine/core/codec.h"
#include "engine/run/journal.h"
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
  bool quick = false;
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

/// Reads all that is stored of an execution, as those do who carry it on and show its history. Throws what is wrong.
void read_all(const storage::Store& store, const std::string& arn) {
  const auto& reader = store.reader();
  const auto record = reader.execution(arn);
  if (!record) return;  // of a state machine that is being deleted
  run::ExecutionPayloads payloads(reader, record->id);
  std::uint32_t next = 1;
  for (;;) {
    const auto events = reader.events(record->id, next, kPage, false);
    for (const auto& event : events) {
      if (core::decode_event(event.data, payloads).number != event.number) {
        throw storage::StoreError("event " + std::to_string(event.number) + " is another one");
      }
    }
    if (events.size() < kPage) break;
    next = events.back().number + 1;
  }
  if (record->status != storage::ExecutionStatus::Running) return;
  const auto open = store.load(record->id);
  if (!open) throw storage::StoreError("its standing is not there");
  run::restore(*open, reader);
}

/// How much is damaged.
std::size_t check_all(const storage::Store& store, const std::filesystem::path& data) {
  std::size_t faults = 0;
  const auto tell = [&](const std::string& what) {
    ++faults;
    std::cout << "damaged: " << what << "\n";
  };
  for (const auto& fault : storage::check_pages(data)) tell("the database: " + fault);
  std::string after;
  try {
    for (;;) {
      const auto machines = store.reader().state_machines(after, kPage);
      if (machines.size() < kPage) break;
      after = machines.back().arn;
    }
  } catch (const std::exception& error) {
    tell(std::string("state machines: ") + error.what());
  }
  const auto all = storage::all_executions(data);
  for (const auto& [id, arn] : all) {
    const auto number = "execution number " + std::to_string(static_cast<std::int64_t>(id));
    if (arn.empty()) {
      tell(number + ": its row cannot be read");
      continue;
    }
    try {
      read_all(store, arn);
    } catch (const std::exception& error) {
      tell(arn + " (" + number + "): " + error.what());
    }
  }
  std::cout << "Checked " << all.size() << (all.size() == 1 ? " execution" : " executions") << " and all pages: "
            << (faults == 0 ? std::string("nothing is damaged.") : std::to_string(faults) + " faults.") << "\n";
  return faults;
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
    if (!options.release.empty()) return release(*store, options.release);
    const std::size_t faults = options.quick ? 0 : check_all(*store, options.data);
    const int listed = list(*store);
    return faults > 0 ? kFailure : listed;
  } catch (const std::exception& error) {
    return complain(why_not_started(error));
  }
}

}  // namespace

void declare_doctor(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "doctor",
      "check the store, name the executions that cannot go on and what waits to be delivered, while the daemon does "
      "not run");
  command->add_option("--data", options->data, "the daemon's data directory")->capture_default_str();
  command->add_option("--release", options->release, "ARN of a quarantined execution that is to be tried again");
  command->add_flag("--quick", options->quick, "do not read the whole store to check it");
  command->footer(
      "Exit code: 0 nothing is wrong, 1 something is damaged or an execution is quarantined, 2 the store cannot be "
      "looked at.");
  command->callback([options, &exit_code] { exit_code = examine(*options); });
}

}  // namespace stepd::daemon
