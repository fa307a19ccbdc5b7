// The test program is its own image worker: started again with that word, it does the jobs of the tests. With another
// word it does them where the kernel grants no namespaces, as in a container or a chroot.
#include "probes.h"
#include "tasks/workers/worker.h"

#include <gmock/gmock.h>
#include <seccomp.h>
#include <spdlog/spdlog.h>

#include <cerrno>

#include <string_view>

namespace {

void forbid_namespaces() {
  const auto filter = seccomp_init(SCMP_ACT_ALLOW);
  seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EPERM), seccomp_syscall_resolve_name("unshare"), 0, nullptr);
  seccomp_load(filter);
  seccomp_release(filter);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view word = argc > 1 ? argv[1] : "";
  if (word == "image-worker-without-namespaces") forbid_namespaces();
  if (word.starts_with("image-worker")) {
    return stepd::tasks::workers::run_image_workers(stepd::test::probe_or_perform);
  }
  spdlog::set_level(spdlog::level::err);
  testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}
