// Resizes per second through the whole engine, beside a loop that calls libvips in this process and does nothing else.
#include "base/items.h"
#include "engine/run/engine.h"
#include "storage/item_table.h"
#include "storage/local/local_objects.h"
#include "storage/sqlite/sqlite_store.h"
#include "table.h"
#include "tasks/catalog.h"

#include <vips/vips.h>

#include <spdlog/spdlog.h>
#include <atomic>
#include <future>
#include <nlohmann/json.hpp>
#include <thread>

namespace stepd::bench {
namespace {

constexpr int kPictures = 200;
constexpr int kWidth = 2000;
constexpr int kHeight = 1500;
constexpr int kTarget = 640;
constexpr int kQuality = 82;

void check(int code) {
  if (code != 0) throw std::runtime_error(vips_error_buffer());
}

/// Noise on three bands, smooth enough for a photograph's compression.
void write_photo(const std::filesystem::path& file) {
  VipsImage* noise = nullptr;
  VipsImage* large = nullptr;
  VipsImage* coloured = nullptr;
  check(vips_gaussnoise(&noise, kWidth / 8, kHeight / 8, nullptr));
  check(vips_resize(noise, &large, 8, nullptr));
  VipsImage* bands[]{large, large, large};
  check(vips_bandjoin(bands, &coloured, 3, nullptr));
  check(vips_jpegsave(coloured, file.c_str(), nullptr));
  for (auto* image : {noise, large, coloured}) g_object_unref(image);
}

/// The limit: read, thumbnail, write, on as many threads as the engine has.
double measure_libvips(const std::filesystem::path& source, const std::filesystem::path& target, unsigned threads) {
  std::atomic<int> next{0};
  const Stopwatch watch;
  std::vector<std::jthread> workers;
  for (unsigned i = 0; i < threads; ++i) {
    workers.emplace_back([&] {
      for (int n = next++; n < kPictures; n = next++) {
        VipsImage* small = nullptr;
        const auto name = target / (std::to_string(n) + ".jpg");
        check(vips_thumbnail(source.c_str(), &small, kTarget, "height", kTarget, "size", VIPS_SIZE_DOWN, nullptr));
        check(vips_jpegsave(small, name.c_str(), "Q", kQuality, "strip", TRUE, nullptr));
        g_object_unref(small);
      }
      vips_thread_shutdown();
    });
  }
  workers.clear();
  return kPictures / watch.seconds();
}

Json definition() {
  return {{"StartAt", "Resize"}, {"States", {{"Resize", {{"Type", "Task"}, {"Resource", "resize"}, {"End", true}}}}}};
}

double measure_engine(const std::filesystem::path& folder, unsigned threads) {
  const SystemClock clock;
  auto store = storage::open_sqlite(folder / "data");
  auto objects = storage::open_local_objects({{"uploads", folder / "uploads"}, {"resized", folder / "resized"}});
  auto items = storage::make_item_store(*store, {});
  auto handlers = tasks::make_catalog({*objects, *items, clock, {}, {}});
  run::EngineOptions options;
  options.functions = {{"resize", "image.resize"}};
  options.task_threads = threads;
  auto engine = run::make_engine(options, *store, clock, handlers);
  engine->resume();
  std::promise<std::string> created;
  engine->create_state_machine({"bench", definition().dump(), "arn:aws:iam::123456789012:role/r"},
                               [&](auto answer) { created.set_value(answer.value().arn); });
  const auto machine = created.get_future().get();

  std::vector<std::promise<std::string>> started(kPictures);
  const Stopwatch watch;
  for (int n = 0; n < kPictures; ++n) {
    const Json input{
        {"bucket", "uploads"}, {"key", "photo.jpg"},
        {"width", kTarget},    {"height", kTarget},
        {"quality", kQuality}, {"destination", {{"bucket", "resized"}, {"key", std::to_string(n) + ".jpg"}}}};
    engine->start_execution({machine, std::nullopt, input.dump(), ""}, [&, n](auto answer) {
      started[static_cast<std::size_t>(n)].set_value(answer.value().arn);
    });
  }
  for (auto& each : started) {
    const auto arn = each.get_future().get();
    for (;;) {
      const auto record = store->reader().execution(arn);
      if (record->status == storage::ExecutionStatus::Succeeded) break;
      if (record->status != storage::ExecutionStatus::Running)
        throw std::runtime_error(record->cause.value_or("failed"));
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
  }
  return kPictures / watch.seconds();
}

}  // namespace
}  // namespace stepd::bench

int main() {
  using namespace stepd::bench;
  spdlog::set_level(spdlog::level::warn);
  if (VIPS_INIT("bench_resize") != 0) return 1;
  vips_concurrency_set(1);
  const unsigned threads = std::max(1u, std::thread::hardware_concurrency());
  const ScratchFolder folder("bench-resize");
  for (const char* name : {"data", "uploads", "resized", "limit"})
    std::filesystem::create_directories(folder.path() / name);
  const auto source = folder.path() / "uploads" / "photo.jpg";
  write_photo(source);

  const double limit = measure_libvips(source, folder.path() / "limit", threads);
  std::printf("libvips in this process, %u threads: %.1f resizes/s of %d x %d to %d\n", threads, limit, kWidth, kHeight,
              kTarget);
  print_header("resizes, each a durable execution                per second       / libvips alone");
  const double rate = measure_engine(folder.path(), threads);
  print_row(std::to_string(kPictures) + " at once", rate, "/s", rate / limit);
}
