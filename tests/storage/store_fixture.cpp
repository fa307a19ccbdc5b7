#include "storage/store_fixture.h"

#include <gtest/gtest.h>
#include <unistd.h>
#include <cstdlib>
#include <future>
#include <memory>
#include <stdexcept>

namespace stepd::storage::test {
namespace {

using namespace std::chrono_literals;

}  // namespace

TempDir::TempDir(On where) {
  const std::filesystem::path memory = "/dev/shm";
  const bool in_memory = where == On::Memory && ::access(memory.c_str(), W_OK) == 0;
  std::string pattern =
      ((in_memory ? memory : std::filesystem::temp_directory_path()) / "stepd-storage-XXXXXX").string();
  if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("cannot make a folder for the test");
  path_ = pattern;
}

TempDir::~TempDir() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Instant at(std::int64_t ms) { return Instant{std::chrono::milliseconds{1'700'000'000'000 + ms}}; }

StateMachineRecord machine_record(std::string arn, std::string revision_id) {
  StateMachineRecord record;
  record.arn = std::move(arn);
  record.revision_id = std::move(revision_id);
  record.name = record.arn.substr(record.arn.rfind(':') + 1);
  record.type = StateMachineType::Express;
  record.role_arn = "arn:aws:iam::123456789012:role/none";
  record.definition = R"({"StartAt":"A","States":{"A":{"Type":"Pass","End":true}}})";
  record.configuration = R"({"tracingConfiguration":{"enabled":false}})";
  record.created_at = at(1);
  record.updated_at = at(2);
  return record;
}

std::string execution_arn(const std::string& name) {
  return "arn:aws:states:us-east-1:123456789012:execution:pipeline:" + name;
}

ExecutionRecord execution_record(std::int64_t id, std::string name, std::string machine_arn, std::string revision_id) {
  ExecutionRecord record;
  record.id = ExecutionId{id};
  record.arn = execution_arn(name);
  record.state_machine_arn = std::move(machine_arn);
  record.revision_id = std::move(revision_id);
  record.name = std::move(name);
  record.started_at = at(10 * (id % 1'000'000));
  record.input = R"({"id":)" + std::to_string(id) + "}";
  record.trace_header = "Root=1-67891233-abcdef012345678912345678";
  return record;
}

ExecutionDelta start_of(std::int64_t id, const std::string& name) {
  ExecutionDelta delta;
  delta.id = ExecutionId{id};
  delta.created = execution_record(id, name);
  delta.head = "head 1";
  delta.frames = {{0, "root"}, {7, std::string("branch\0seven", 12)}};
  delta.events = {{1, "one"}, {2, "two"}, {3, std::string("\xff\x00\x01", 3)}};
  return delta;
}

ExecutionDelta step_of(std::int64_t id, std::uint64_t version, std::uint32_t event) {
  ExecutionDelta delta;
  delta.id = ExecutionId{id};
  delta.expected_version = version;
  delta.head = "head " + std::to_string(version + 1);
  delta.events = {{event, "event " + std::to_string(event)}};
  return delta;
}

ExecutionDelta end_of(std::int64_t id, std::uint64_t version, std::uint32_t event, ExecutionStatus status) {
  ExecutionDelta delta = step_of(id, version, event);
  Ending ending;
  ending.status = status;
  ending.stopped_at = at(10 * (id % 1'000'000) + 5);
  if (status == ExecutionStatus::Succeeded) {
    ending.output = R"({"done":true})";
  } else {
    ending.error = "States.TaskFailed";
    ending.cause = "because";
  }
  delta.ended = ending;
  return delta;
}

ChangeItems put_item(std::string table, std::string key, std::string item, std::optional<std::string> before) {
  return {{{{std::move(table), std::move(key)}, std::move(before), std::move(item)}}};
}

ChangeItems delete_item(std::string table, std::string key, std::optional<std::string> before) {
  return {{{{std::move(table), std::move(key)}, std::move(before), std::nullopt}}};
}

Outcome write_now(Store& store, Write write) { return write_all(store, {std::move(write)}).front(); }

std::vector<Outcome> write_all(Store& store, std::vector<Write> writes) {
  std::vector<std::future<Outcome>> futures;
  for (auto& write : writes) {
    auto promise = std::make_shared<std::promise<Outcome>>();
    futures.push_back(promise->get_future());
    store.write(std::move(write), [promise](Outcome outcome) { promise->set_value(outcome); });
  }
  std::vector<Outcome> outcomes;
  for (auto& future : futures) {
    if (future.wait_for(60s) != std::future_status::ready) throw std::runtime_error("a write was never answered");
    outcomes.push_back(future.get());
  }
  return outcomes;
}

std::vector<OpenExecution> all_open(const Store& store) {
  std::vector<OpenExecution> open;
  store.load_open([&](OpenExecution one) { open.push_back(std::move(one)); },
                  [](ExecutionId id, const std::string& arn, const std::string& why) {
                    ADD_FAILURE() << "execution " << static_cast<std::int64_t>(id) << " " << arn << ": " << why;
                  });
  return open;
}

std::vector<std::uint32_t> numbers(const std::vector<EventRecord>& events) {
  std::vector<std::uint32_t> found;
  for (const auto& event : events) found.push_back(event.number);
  return found;
}

std::vector<std::string> names(const std::vector<ExecutionSummary>& executions) {
  std::vector<std::string> found;
  for (const auto& execution : executions) found.push_back(execution.name);
  return found;
}

}  // namespace stepd::storage::test
