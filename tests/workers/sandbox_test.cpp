// What a worker that was taken over can still do: nothing outside itself. Each probe is also tried without the sandbox,
// where it must succeed, or it would prove nothing.
#include "probes.h"
#include "tasks/workers/sanitized.h"
#include "worker_fixture.h"

#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

using testing::AnyOf;
using testing::ElementsAre;
using testing::HasSubstr;

/// Somebody who listens on a port of this machine.
class Listener {
 public:
  Listener() : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(fd_, reinterpret_cast<sockaddr*>(&address), size);
    ::listen(fd_, 8);
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    port = ntohs(address.sin_port);
  }
  ~Listener() { ::close(fd_); }
  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  std::uint16_t port = 0;

 private:
  int fd_;
};

class Reaching : public testing::TestWithParam<std::size_t> {
 protected:
  const std::string& name() const { return reaching_probes().at(GetParam()); }
  Json arguments() const {
    return {{"path", folder_.path().string()},
            {"port", listener_.port},
            {"daemon", ::getpid()},
            {"address", reinterpret_cast<std::uintptr_t>(&listener_)}};
  }

 private:
  OpenFolder folder_;
  Listener listener_;
};

TEST_P(Reaching, IsDenied) {
  ImageWorkers workers(patient_options());
  const auto result = ask(workers, name(), arguments());
  if (result) {
    EXPECT_THAT(result->answer.json().at("error").get<int>(), AnyOf(EACCES, EPERM)) << name();
  } else {
    EXPECT_EQ(result.error().name, "Image.DecoderCrashed");
    EXPECT_THAT(result.error().cause, HasSubstr("SIGSYS"));
  }
}

TEST_P(Reaching, IsPossibleWithoutTheSandbox) {
  const Json given = arguments();
  const pid_t child = ::fork();
  if (child == 0) ::_exit(probe(name(), given));
  int status = -1;
  ::waitpid(child, &status, 0);
  // A child may not seize its parent where the kernel allows tracing downwards only; elsewhere it may.
  const auto expected = name() == "trace" || name() == "read_memory" ? AnyOf(0, EPERM) : AnyOf(0, 0);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_THAT(WEXITSTATUS(status), expected) << name();
}

std::string name_of_probe(const testing::TestParamInfo<std::size_t>& info) { return reaching_probes().at(info.param); }
INSTANTIATE_TEST_SUITE_P(Every, Reaching, testing::Range<std::size_t>(0, reaching_probes().size()), name_of_probe);

TEST(Sandbox, AWorkerHasNothingOfTheDaemons) {
  ::setenv("STEPD_TEST_SECRET", "hunter2", 1);
  ImageWorkers workers(patient_options());
  const auto result = ask(workers, "process", {});
  ASSERT_TRUE(result) << result.error().cause;
  const Json& answer = result->answer.json();
  EXPECT_THAT(answer.at("environment").dump(), Not(HasSubstr("hunter2")));
  // Nothing, nothing, nothing, and its own socket.
  EXPECT_EQ(answer.at("descriptors").size(), 4u) << answer.at("descriptors").dump();
  EXPECT_NE(answer.at("user").get<unsigned>(), 0u);
}

TEST(Sandbox, MemoryBeyondTheLimitIsANamedErrorAndTheNextJobIsDone) {
  if (tasks::workers::kSanitized) GTEST_SKIP() << "a sanitizer reserves terabytes of addresses, so none are limited";
  auto options = patient_options();
  options.memory = 256ull << 20;
  ImageWorkers workers(options);
  for (const char* kind : {"memory", "glib_memory"}) {
    const auto result = ask(workers, kind, {{"bytes", 1'200ull << 20}});
    ASSERT_FALSE(result) << kind;
    EXPECT_EQ(result.error().name, "Image.TooMuchMemory") << result.error().cause;
    EXPECT_THAT(result.error().cause, HasSubstr("image_workers.memory"));
    EXPECT_TRUE(ask(workers, "memory", {{"bytes", 10ull << 20}})) << kind;
  }
}

void expect_few_threads(const WorkerOptions& options) {
  ImageWorkers workers(options);
  if (!workers.prepare().thread_limit)
    GTEST_SKIP() << "Here is neither a user namespace nor root, without which the kernel cannot limit threads.";
  const auto result = ask(workers, "threads", {{"wanted", 5'000}});
  ASSERT_TRUE(result) << result.error().cause;
  EXPECT_LT(result->answer.json().at("started").get<int>(), 1'000);
}

TEST(Sandbox, ThreadsAreLimited) { expect_few_threads(patient_options()); }

TEST(Sandbox, ThreadsAreLimitedWithoutNamespaces) {
  auto options = patient_options();
  options.command[1] = "image-worker-without-namespaces";
  EXPECT_FALSE(ImageWorkers(options).prepare().own_namespace);
  expect_few_threads(options);
}

TEST(Sandbox, TextIsDrawnWithTheFontsOfTheSystem) {
  ImageWorkers workers(patient_options());
  for (const char* font : {"sans 20", "serif bold 30", "sans 20"}) {
    const auto result = ask(workers, "text", {{"text", "Grüße, 你好"}, {"font", font}});
    ASSERT_TRUE(result) << result.error().cause;
    EXPECT_GT(result->answer.json().at("pixels").get<int>(), 100) << font;
  }
}

TEST(Sandbox, AResultBeyondTheLimitIsRefused) {
  auto options = patient_options();
  options.result = 1 << 20;
  ImageWorkers workers(options);
  EXPECT_TRUE(ask(workers, "result", {{"bytes", 1 << 20}}));
  EXPECT_FALSE(ask(workers, "result", {{"bytes", (1 << 20) + 1}}));
  EXPECT_TRUE(ask(workers, "result", {{"bytes", 1}}));
}

}  // namespace
}  // namespace stepd::test
