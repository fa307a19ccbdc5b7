// The test program is its own launcher of functions: started again with that word, it starts the processes of the
// tests. With another word it does so where the kernel grants no namespaces, as in a container.
#include "functions/launch/launch_program.h"

#include <gmock/gmock.h>
#include <sched.h>
#include <seccomp.h>
#include <spdlog/spdlog.h>

#include <cerrno>
#include <string_view>

// The macros of seccomp.h make compound literals, which are C's.
#ifdef __clang__
#pragma clang diagnostic ignored "-Wc99-extensions"
#endif

namespace {

void forbid_user_namespaces() {
  const auto filter = seccomp_init(SCMP_ACT_ALLOW);
  const scmp_arg_cmp when = SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_NEWUSER, CLONE_NEWUSER);
  seccomp_rule_add_array(filter, SCMP_ACT_ERRNO(EPERM), seccomp_syscall_resolve_name("clone"), 1, &when);
  seccomp_load(filter);
  seccomp_release(filter);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view word = argc > 1 ? argv[1] : "";
  if (word == "function-launcher-without-namespaces") forbid_user_namespaces();
  if (word.starts_with("function-launcher")) return stepd::functions::run_function_launcher();
  spdlog::set_level(spdlog::level::off);
  testing::InitGoogleMock(&argc, argv);
  return RUN_ALL_TESTS();
}
