// One photograph made smaller COUNT times, in one of three ways: `libvips` alone (vips_thumbnail_buffer), `stepd` (a
// job of image.resize in this process) and `accurate` (the same, of every pixel). bench/thumbnails.py compares them
// with sharp; this prints the size of the last result.
#include "photo.h"
#include "table.h"
#include "tasks/image/job.h"

#include <time.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace stepd::bench {
namespace {

constexpr int kQuality = 82;

std::size_t resize_with_libvips(const std::string& photo, int width) {
  VipsImage* small = nullptr;
  void* bytes = nullptr;
  std::size_t size = 0;
  check(
      vips_thumbnail_buffer(const_cast<char*>(photo.data()), photo.size(), &small, width, "height", 100'000, nullptr));
  check(vips_jpegsave_buffer(small, &bytes, &size, "Q", kQuality, "optimize_coding", TRUE, "strip", TRUE, nullptr));
  g_free(bytes);
  g_object_unref(small);
  return size;
}

std::size_t resize_with_stepd(const std::string& photo, int width, bool accurate) {
  const Json arguments{{"bucket", "b"},
                       {"key", "k"},
                       {"format", "jpeg"},
                       {"quality", kQuality},
                       {"width", width},
                       {"accurate", accurate},
                       {"destination", {{"bucket", "b"}, {"key", "x"}}}};
  const auto work = tasks::image::perform({"resize", Payload(arguments), {}, {photo}}, {});
  if (!work) throw std::runtime_error(work.error().cause);
  return work->files.front().size();
}

std::size_t resize(const std::string& way, const std::string& photo, int width) {
  return way == "libvips" ? resize_with_libvips(photo, width) : resize_with_stepd(photo, width, way == "accurate");
}

double processor_milliseconds() {
  timespec spent{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &spent);
  return 1e3 * static_cast<double>(spent.tv_sec) + 1e-6 * static_cast<double>(spent.tv_nsec);
}

/// In turns, the least of some rounds, so that what else the machine does changes little.
void compare() {
  constexpr int kRounds = 5;
  constexpr int kTarget = 1024;
  const auto photo = make_photo(4000, 3000, ".jpg");
  const std::array<std::string, 3> ways{"libvips", "stepd", "accurate"};
  std::map<std::string, double> least;
  for (int round = 0; round < kRounds; ++round) {
    for (const auto& way : ways) {
      const double begun = processor_milliseconds();
      resize(way, photo, kTarget);
      const double spent = processor_milliseconds() - begun;
      least[way] = round == 0 ? spent : std::min(least[way], spent);
    }
  }
  print_header("JPEG of 4000 x 3000 to 1024                  processor ms    / libvips alone");
  for (const auto& way : ways) print_row(way, least[way], "ms", least["libvips"] / least[way]);
}

}  // namespace
}  // namespace stepd::bench

int main(int argc, char** argv) {
  using namespace stepd::bench;
  if (VIPS_INIT("bench_thumbnail") != 0) return 1;
  vips_concurrency_set(1);
  vips_cache_set_max(0);
  if (argc != 5) {
    compare();
    return 0;
  }
  std::ifstream file(argv[2], std::ios::binary);
  const std::string photo((std::istreambuf_iterator<char>(file)), {});
  for (int left = std::stoi(argv[4]); left > 0; --left) resize(argv[1], photo, std::stoi(argv[3]));
}
