// Several sizes of one photograph: all from one decoding, as `outputs` makes them, beside a request for each.
#include "photo.h"
#include "table.h"
#include "tasks/image/job.h"

#include <array>
#include <nlohmann/json.hpp>

namespace stepd::bench {
namespace {

constexpr int kRounds = 10;
constexpr int kWidth = 4000;
constexpr int kHeight = 3000;
constexpr std::array kWidths{1600, 1200, 800, 400, 200};

Json request(int width) {
  return {{"bucket", "b"},
          {"key", "k"},
          {"format", "jpeg"},
          {"width", width},
          {"destination", {{"bucket", "b"}, {"key", "{width}"}}}};
}

void perform(const std::string& photo, const Json& arguments) {
  const auto work = tasks::image::perform({"resize", Payload(arguments), {}, {photo}}, {});
  if (!work) throw std::runtime_error(work.error().cause);
}

double measure_separate(const std::string& photo) {
  const Stopwatch watch;
  for (int round = 0; round < kRounds; ++round) {
    for (const int width : kWidths) perform(photo, request(width));
  }
  return kRounds / watch.seconds();
}

double measure_together(const std::string& photo) {
  Json arguments = request(1);
  for (const int width : kWidths) arguments["outputs"].push_back({{"width", width}});
  const Stopwatch watch;
  for (int round = 0; round < kRounds; ++round) perform(photo, arguments);
  return kRounds / watch.seconds();
}

}  // namespace
}  // namespace stepd::bench

int main() {
  using namespace stepd::bench;
  if (VIPS_INIT("bench_outputs") != 0) return 1;
  std::printf("%zu JPEG of 1600 to 200 pixels out of %d x %d, on one thread\n", kWidths.size(), kWidth, kHeight);
  print_header("sets of outputs                                   per second   / one request each");
  for (const char* suffix : {".jpg", ".png[compression=1]", ".webp"}) {
    const auto photo = make_photo(kWidth, kHeight, suffix);
    const double separate = measure_separate(photo);
    const double together = measure_together(photo);
    print_row(std::string(suffix) + ", a request each", separate, "/s", 1);
    print_row(std::string(suffix) + ", one decoding", together, "/s", together / separate);
  }
}
