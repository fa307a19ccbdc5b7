#include "triggers/trigger_fixture.h"

#include "base/payload.h"

#include <stdlib.h>
#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <nlohmann/json.hpp>

namespace stepd::triggers::test {

Json json(std::string_view text) { return parse_json(text).value(); }

Instant at(std::int64_t ms) { return Instant(std::chrono::milliseconds(1'800'000'000'000 + ms)); }

ObjectCreated object(std::string bucket, std::string key, std::string identity) {
  return {std::move(bucket), std::move(key), 7, "e7a9", std::move(identity), at(123)};
}

int scaled(int full) {
  const char* scale = std::getenv("STEPD_TEST_SCALE");
  return std::max(1, static_cast<int>(full * (scale != nullptr ? std::atof(scale) : 0.1)));
}

Folder::Folder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "stepd-triggers-XXXXXX").string();
  path_ = ::mkdtemp(pattern.data());
}

Folder::~Folder() { std::filesystem::remove_all(path_); }

void Folder::write(const std::string& name, const std::string& text) const {
  std::filesystem::create_directories((path_ / name).parent_path());
  std::ofstream(path_ / name, std::ios::binary) << text;
}

void RememberingGateway::start_execution(run::StartExecution request, run::Reply<run::StartedExecution> reply) {
  std::unique_lock lock(mutex_);
  ++asked_;
  lineages_.push_back(request.lineage);
  if (refusals_ > 0) {
    --refusals_;
    const run::Refusal refusal{code_, "refused by the test", "", for_good_};
    lock.unlock();
    return reply(refusal);
  }
  const bool fresh = started_.emplace(*request.name, request.input).second;
  if (request.arrival) arrivals_[*request.name] = request.arrival->bucket + "/" + request.arrival->key;
  lock.unlock();
  changed_.notify_all();
  if (!fresh) return reply(run::Refusal{run::RefusalCode::ExecutionAlreadyExists, "it exists"});
  reply(run::StartedExecution{"arn:" + *request.name, at(0), records && request.arrival});
}

void RememberingGateway::invoke_function(run::InvokeFunction request, run::Reply<run::InvokedFunction> reply) {
  std::unique_lock lock(mutex_);
  lineages_.push_back(request.lineage);
  calls_.push_back(request.function + " " + request.payload);
  const bool fails = failures_ > 0 && failures_-- > 0;
  lock.unlock();
  if (fails) return reply(run::InvokedFunction{AslError{"Image.Corrupt", "cut short"}});
  reply(run::InvokedFunction{Payload()});
}

std::vector<std::string> RememberingGateway::calls() const {
  const std::lock_guard lock(mutex_);
  return calls_;
}

void RememberingGateway::fail_calls(int times) {
  const std::lock_guard lock(mutex_);
  failures_ = times;
}

run::Answer<run::HistoryPage> RememberingGateway::history(const run::HistoryQuery&) const { return run::HistoryPage{}; }

std::vector<Lineage> RememberingGateway::lineages() const {
  const std::lock_guard lock(mutex_);
  return lineages_;
}

void RememberingGateway::refuse_for_good(run::RefusalCode code, int times) {
  refuse(code, times);
  const std::lock_guard lock(mutex_);
  for_good_ = true;
}

void RememberingGateway::refuse(run::RefusalCode code, int times) {
  const std::lock_guard lock(mutex_);
  for_good_ = false;
  code_ = code;
  refusals_ = times;
}

std::map<std::string, std::string> RememberingGateway::started() const {
  const std::lock_guard lock(mutex_);
  return started_;
}

std::map<std::string, std::string> RememberingGateway::arrivals() const {
  const std::lock_guard lock(mutex_);
  return arrivals_;
}

int RememberingGateway::asked() const {
  const std::lock_guard lock(mutex_);
  return asked_;
}

bool RememberingGateway::wait_for(std::size_t count) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, std::chrono::seconds(30), [&] { return started_.size() >= count; });
}

}  // namespace stepd::triggers::test
