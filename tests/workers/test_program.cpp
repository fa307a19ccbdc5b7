// The test program is its own image worker: started again with that word, it does the jobs of the tests.
#include "probes.h"
#include "tasks/workers/worker.h"

#include <gmock/gmock.h>
#include <spdlog/spdlog.h>

#include <string_view>

int main(int argc, char** argv) {
  if (argc > 1 && std::string_view(argv[1]) == "image-worker") {
    return stepd::tasks::workers::run_image_workers(stepd::test::probe_or_perform);
  }
  spdlog::set_level(spdlog::level::err);
  testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}
