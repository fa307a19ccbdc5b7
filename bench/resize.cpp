// Resizes per second through the whole engine, beside a loop that calls libvips in this process and does nothing else;
// and what it costs to resize in sandboxed processes rather than in this one.
#include "base/items.h"
#include "engine/run/engine.h"
#include "photo.h"
#include "services/dispatcher.h"
#include "storage/item_table.h"
#include "storage/local/local_objects.h"
#include "storage/sqlite/sqlite_store.h"
#include "table.h"
#include "tasks/catalog.h"
#include "tasks/workers/image_workers.h"
#include "tasks/workers/worker.h"

#include <spdlog/spdlog.h>
#include <sys/resource.h>
#include <algorithm>
#include <atomic>
#include <fstream>
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

void write_photo(const std::filesystem::path& file) {
  std::ofstream(file, std::ios::binary) << make_photo(kWidth, kHeight, ".jpg");
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

tasks::workers::WorkerOptions worker_options(unsigned threads) {
  tasks::workers::WorkerOptions options;
  options.count = threads;
  options.time = std::chrono::minutes{1};
  return options;
}

double measure_workplace(tasks::image::Workplace& workplace, std::string_view photo, unsigned threads) {
  const Json arguments{{"bucket", "uploads"}, {"key", "photo.jpg"},
                       {"width", kTarget},    {"height", kTarget},
                       {"quality", kQuality}, {"destination", {{"bucket", "resized"}, {"key", "x"}}}};
  const tasks::image::Job job{"resize", Payload(arguments), {}, {photo}};
  std::atomic<int> next{0};
  const Stopwatch watch;
  std::vector<std::jthread> workers;
  for (unsigned i = 0; i < threads; ++i) {
    workers.emplace_back([&] {
      while (next++ < kPictures) {
        const auto done = workplace.perform(job, {});
        if (!done) throw std::runtime_error(done.error().cause);
      }
    });
  }
  workers.clear();
  return kPictures / watch.seconds();
}

/// Seconds of processor time, of this process or of those that it has seen end.
double processor_seconds(int whose) {
  rusage used{};
  ::getrusage(static_cast<__rusage_who>(whose), &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// By the clock, the best of some rounds in turns, so that what else the machine does hits both; and by processor time,
/// which tells the same on a machine that is busy. Starting the workers counts.
void compare_workplaces(const std::filesystem::path& source, unsigned threads) {
  constexpr int kRounds = 5;
  std::ifstream file(source, std::ios::binary);
  const std::string photo((std::istreambuf_iterator<char>(file)), {});
  auto workers = std::make_unique<tasks::workers::ImageWorkers>(worker_options(threads));
  double here = 0;
  double there = 0;
  double here_seconds = 0;
  double there_seconds = -processor_seconds(RUSAGE_CHILDREN);
  for (int round = 0; round < kRounds; ++round) {
    const double begun = processor_seconds(RUSAGE_SELF);
    here = std::max(here, measure_workplace(tasks::image::this_process(), photo, threads));
    const double half = processor_seconds(RUSAGE_SELF);
    there = std::max(there, measure_workplace(*workers, photo, threads));
    here_seconds += half - begun;
    there_seconds += processor_seconds(RUSAGE_SELF) - half;
  }
  workers.reset();
  there_seconds += processor_seconds(RUSAGE_CHILDREN);
  print_header("resizes of a picture in memory                     per second     / in this process");
  print_row("in this process", here, "/s", 1);
  print_row("in sandboxed processes", there, "/s", there / here);
  print_header("the same                             per processor second     / in this process");
  print_row("in this process", kRounds * kPictures / here_seconds, "/s", 1);
  print_row("in sandboxed processes", kRounds * kPictures / there_seconds, "/s", here_seconds / there_seconds);
}

double measure_engine(const std::filesystem::path& folder, unsigned threads) {
  const SystemClock clock;
  auto store = storage::open_sqlite(folder / "data");
  auto objects = storage::open_local_objects({{"uploads", folder / "uploads"}, {"resized", folder / "resized"}});
  auto items = storage::make_item_store(*store, {});
  tasks::workers::ImageWorkers workers(worker_options(threads));
  auto handlers = tasks::make_catalog({*objects, *items, clock, {}, {}, workers});
  services::ServiceOptions serving;
  serving.functions = {{"resize", "image.resize"}};
  serving.lanes.images.slots = threads;
  auto engine = run::make_engine({}, *store, clock, services::make_services_factory(serving, handlers, clock));
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

int main(int argc, char** argv) {
  using namespace stepd::bench;
  if (argc > 1 && std::string_view(argv[1]) == "image-worker") return stepd::tasks::workers::run_image_workers();
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
  compare_workplaces(source, threads);
}
