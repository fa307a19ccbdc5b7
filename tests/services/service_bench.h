// The integrations over real handlers and stores: one call of a service, and what its task would be answered.
#pragma once

#include "services/dispatcher.h"
#include "storage/item_table.h"
#include "storage/local/local_objects.h"
#include "storage/memory/memory_store.h"
#include "tasks/catalog.h"

#include <gtest/gtest.h>

#include <chrono>
#include <filesystem>
#include <future>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>

namespace stepd::test {

/// Buckets `inbox` and `outbox`, a table `images` keyed `ImageKey`.
class ServiceBench : public testing::Test {
 protected:
  ServiceBench() : folder_(make_folder()), store_(storage::open_memory()) {
    items_ = storage::make_item_store(*store_, {{"images", {"ImageKey"}}});
    objects_ = storage::open_local_objects({{"inbox", folder_ / "inbox"}, {"outbox", folder_ / "outbox"}});
    handlers_ = tasks::make_catalog({*objects_, *items_, clock_, {}, {}});
    dispatcher_ = std::make_unique<services::Dispatcher>(services::ServiceOptions{}, handlers_, clock_);
  }
  ~ServiceBench() override {
    dispatcher_.reset();
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
  }

  /// `resource` is `aws-sdk:s3:getObject`, ...; each call is an attempt of its own unless one is given.
  Result<Payload> call(const std::string& resource, const std::string& parameters, std::string attempt = "") {
    const auto colon = resource.rfind(':');
    auto promise = std::make_shared<std::promise<Result<Payload>>>();
    if (attempt.empty()) attempt = "1-" + std::to_string(++attempts_);
    run::TaskCall task{{asl::Resource::Kind::Service, resource.substr(0, colon), resource.substr(colon + 1)},
                       Payload::trusted(parameters),
                       std::move(attempt),
                       [] {},
                       [promise](Result<Payload> result) { promise->set_value(std::move(result)); }};
    dispatcher_->start(std::move(task));
    auto future = promise->get_future();
    if (future.wait_for(std::chrono::seconds(30)) != std::future_status::ready) throw std::runtime_error("no answer");
    return future.get();
  }
  /// The answer without what only a wire has; a text with name and cause where there is none.
  Json answer(const std::string& resource, const std::string& parameters) {
    const auto result = call(resource, parameters);
    if (!result) return result.error().name + ": " + result.error().cause;
    Json members = result->json();
    members.erase("SdkHttpMetadata");
    members.erase("SdkResponseMetadata");
    return members;
  }
  AslError error(const std::string& resource, const std::string& parameters) {
    const auto result = call(resource, parameters);
    return result ? AslError("none", "") : result.error();
  }

  std::filesystem::path folder_;
  SystemClock clock_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<ItemStore> items_;
  std::unique_ptr<ObjectStore> objects_;
  tasks::Catalog handlers_;
  std::unique_ptr<services::Dispatcher> dispatcher_;
  int attempts_ = 0;

 private:
  static std::filesystem::path make_folder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "stepd-services-XXXXXX").string();
    if (::mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
    return pattern;
  }
};

}  // namespace stepd::test
