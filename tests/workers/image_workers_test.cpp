// Workers that crash, hang, lie or are killed: each costs one job, and the next is done as if nothing had been.
#include "pictures.h"
#include "probes.h"
#include "worker_fixture.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <fstream>
#include <future>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

namespace stepd::test {
namespace {

using testing::HasSubstr;
using namespace std::chrono_literals;

int pid_of(ImageWorkers& workers) { return ask(workers, "process", {}).value().answer.json().at("pid").get<int>(); }

TEST(ImageWorkersTest, DoTheSameWorkAsThisProcess) {
  ImageWorkers workers(patient_options());
  const auto picture = draw(".jpg[Q=90]", {.width = 200, .height = 150, .noise = true});
  const auto there = resize(workers, picture);
  ASSERT_TRUE(there) << there.error().cause;
  const Json arguments{
      {"bucket", "in"}, {"key", "picture"}, {"width", 20}, {"destination", {{"bucket", "out"}, {"key", "small"}}}};
  const auto here = tasks::image::perform({"resize", Payload(arguments), {}, {picture}}, {});
  ASSERT_TRUE(here);
  EXPECT_EQ(there->answer.text(), here->answer.text());
  EXPECT_EQ(there->files, here->files);
  const auto refused = resize(workers, "no picture");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().name, "Image.UnsupportedType");
}

TEST(ImageWorkersTest, JudgeWhetherAFileIsWhole) {
  ImageWorkers workers(patient_options());
  const auto picture = draw(".png");
  const auto cut = picture.substr(0, picture.size() / 2);
  EXPECT_TRUE(workers.perform({"soundness", Payload(), {}, {picture}}, {}));
  const auto result = workers.perform({"soundness", Payload(), {}, {cut}}, {});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().name, "Image.Truncated");
}

TEST(ImageWorkersTest, ReadAndWriteEveryFormatInsideTheSandbox) {
  ImageWorkers workers(patient_options());
  for (const auto& sample : readable_samples()) {
    const auto result = resize(workers, sample.bytes);
    ASSERT_TRUE(result) << sample.name << ": " << result.error().name << ": " << result.error().cause;
    EXPECT_EQ(decode(result->files.at(0)).width, 20) << sample.name;
  }
  EXPECT_EQ(workers.tally().died, 0u);
}

TEST(ImageWorkersTest, TellWhichFormatsCanBeWrittenInsideTheSandbox) {
  ImageWorkers workers(patient_options());
  const auto result = workers.perform({"formats", Payload(), {}, {}}, {});
  ASSERT_TRUE(result) << result.error().cause;
  EXPECT_EQ(result->answer.json(), Json::object());
}

TEST(ImageWorkersTest, WriteEveryFormatAndATextInsideTheSandbox) {
  ImageWorkers workers(patient_options());
  const auto picture = draw(".jpg[Q=90,profile=p3]", {.width = 200, .height = 150});
  Json outputs = Json::array();
  for (const char* format : {"avif", "webp", "jpeg", "png", "gif", "tiff"}) outputs.push_back({{"format", format}});
  const Json arguments{{"bucket", "in"},
                       {"key", "picture"},
                       {"width", 120},
                       {"keep", {"icc"}},
                       {"watermark", {{"text", "(c) Alice"}, {"scale", 0.8}}},
                       {"destination", {{"bucket", "out"}, {"key", "{format}"}}},
                       {"outputs", outputs}};
  const tasks::image::Job job{"resize", Payload(arguments), {}, {picture}};
  const auto there = workers.perform(job, {});
  ASSERT_TRUE(there) << there.error().name << ": " << there.error().cause;
  const auto here = tasks::image::perform(job, {});
  ASSERT_TRUE(here);
  EXPECT_EQ(there->answer.text(), here->answer.text());
  EXPECT_EQ(there->files, here->files);
}

TEST(ImageWorkersTest, TellEverythingOfAPictureInsideTheSandbox) {
  ImageWorkers workers(patient_options());
  const Json arguments{{"bucket", "in"},  {"key", "picture"}, {"checksums", true},
                       {"colours", true}, {"hashes", true},   {"statistics", true}};
  for (const auto& sample : readable_samples()) {
    const auto there = workers.perform({"metadata", Payload(arguments), {}, {sample.bytes}}, {});
    ASSERT_TRUE(there) << sample.name << ": " << there.error().name << ": " << there.error().cause;
    const auto here = tasks::image::perform({"metadata", Payload(arguments), {}, {sample.bytes}}, {});
    EXPECT_EQ(there->answer.text(), here.value().answer.text()) << sample.name;
  }
  EXPECT_EQ(workers.tally().died, 0u);
}

TEST(ImageWorkersTest, AWorkerServesManyJobsAndIsThenReplaced) {
  auto options = patient_options();
  options.jobs = 3;
  ImageWorkers workers(options);
  std::vector<int> pids;
  for (int i = 0; i < 7; ++i) pids.push_back(pid_of(workers));
  EXPECT_EQ(pids[0], pids[2]);
  EXPECT_EQ(pids[3], pids[5]);
  EXPECT_EQ(std::set<int>(pids.begin(), pids.end()).size(), 3u);
  EXPECT_EQ(workers.tally().replaced, 2u);
  EXPECT_FALSE(is_alive(pids[0]));
}

TEST(ImageWorkersTest, AWorkerThatHeldMuchMemoryIsReplaced) {
  auto options = patient_options();
  options.keep = 150ull << 20;
  ImageWorkers workers(options);
  const int first = pid_of(workers);
  EXPECT_EQ(pid_of(workers), first);
  ASSERT_TRUE(ask(workers, "memory", {{"bytes", 200ull << 20}}));
  EXPECT_NE(pid_of(workers), first);
  EXPECT_EQ(workers.tally().replaced, 1u);
}

struct Death {
  const char* kind;
  const char* says;
};
class Dying : public testing::TestWithParam<Death> {};

TEST_P(Dying, IsANamedErrorAndTheNextJobIsDone) {
  ImageWorkers workers(patient_options());
  for (int i = 0; i < 3; ++i) {
    const auto result = ask(workers, GetParam().kind, {});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().name, "Image.DecoderCrashed");
    EXPECT_THAT(result.error().cause, HasSubstr(GetParam().says));
    ASSERT_TRUE(resize(workers, draw(".png")));
  }
  EXPECT_EQ(workers.tally().died, 3u);
  EXPECT_EQ(workers.tally().alive, 1u);
}

std::string name_of_death(const testing::TestParamInfo<Death>& info) { return info.param.kind; }
INSTANTIATE_TEST_SUITE_P(Every, Dying,
                         testing::Values(Death{"crash", "SIGSEGV"}, Death{"abort", "SIGABRT"},
                                         Death{"exit", "it ended with code 0"}, Death{"close", "SIGKILL"},
                                         Death{"babble", "nonsense"}),
                         name_of_death);

TEST(ImageWorkersTest, AJobThatTakesTooLongIsEnded) {
  for (const char* kind : {"hang", "spin"}) {
    auto options = patient_options();
    options.time = 300ms;
    ImageWorkers workers(options);
    const auto result = ask(workers, kind, {});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().name, "Image.Timeout");
    EXPECT_THAT(result.error().cause, HasSubstr("300 ms, the limit image_workers.time"));
    EXPECT_EQ(workers.tally().stopped, 1u);
    EXPECT_EQ(workers.tally().alive, 0u);
  }
}

TEST(ImageWorkersTest, AStopEndsTheJobAtOnce) {
  ImageWorkers workers(patient_options());
  std::stop_source stop;
  auto answer = std::async(std::launch::async, [&] { return ask(workers, "hang", {}, stop.get_token()); });
  ASSERT_TRUE(comes_true([&] { return workers.process_ids().size() == 1; }));
  const int pid = workers.process_ids().front();
  stop.request_stop();
  const auto result = answer.get();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().name, "Handler.Cancelled");
  EXPECT_FALSE(is_alive(pid));
  EXPECT_FALSE(ask(workers, "process", {}, stop.get_token()));
}

TEST(ImageWorkersTest, AStopEndsTheWaitForAWorker) {
  auto options = patient_options();
  options.count = 1;
  ImageWorkers workers(options);
  std::stop_source long_stop;
  std::stop_source stop;
  auto busy = std::async(std::launch::async, [&] { return ask(workers, "hang", {}, long_stop.get_token()); });
  ASSERT_TRUE(comes_true([&] { return workers.process_ids().size() == 1; }));
  auto waiting = std::async(std::launch::async, [&] { return ask(workers, "process", {}, stop.get_token()); });
  stop.request_stop();
  EXPECT_EQ(waiting.get().error().name, "Handler.Cancelled");
  EXPECT_EQ(workers.tally().started, 1u);
  long_stop.request_stop();
  EXPECT_EQ(busy.get().error().name, "Handler.Cancelled");
}

TEST(ImageWorkersTest, AWorkerKilledFromOutsideCostsItsJobAlone) {
  ImageWorkers workers(patient_options());
  auto answer = std::async(std::launch::async, [&] { return ask(workers, "hang", {}); });
  ASSERT_TRUE(comes_true([&] { return workers.process_ids().size() == 1; }));
  ::kill(workers.process_ids().front(), SIGKILL);
  const auto result = answer.get();
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().name, "Image.DecoderCrashed");
  EXPECT_THAT(result.error().cause, HasSubstr("SIGKILL"));
  EXPECT_TRUE(resize(workers, draw(".png")));
}

TEST(ImageWorkersTest, AnIdleWorkerThatWasKilledCostsNoJob) {
  ImageWorkers workers(patient_options());
  for (int i = 0; i < 5; ++i) {
    const int pid = pid_of(workers);
    ::kill(pid, SIGKILL);
    ASSERT_TRUE(comes_true([&] { return !is_alive(pid); }));
    const auto resized = resize(workers, draw(".png"));
    EXPECT_TRUE(resized) << (resized ? "" : resized.error().cause);
  }
  EXPECT_EQ(workers.tally().died, 5u);
}

TEST(ImageWorkersTest, TheProcessThatForksMayDieToo) {
  ImageWorkers workers(patient_options());
  const int worker = pid_of(workers);
  std::ifstream stat("/proc/" + std::to_string(worker) + "/stat");
  std::string skipped;
  int parent = 0;
  stat >> skipped >> skipped >> skipped >> parent;
  ASSERT_GT(parent, 1);
  ASSERT_NE(parent, ::getpid());
  ::kill(parent, SIGKILL);
  ASSERT_TRUE(comes_true([&] { return !is_alive(worker); })) << "workers die with it";
  EXPECT_TRUE(resize(workers, draw(".png")));
}

TEST(ImageWorkersTest, SignalsThatEndAServiceAreTheDaemonsToJudge) {
  ImageWorkers workers(patient_options());
  const int worker = pid_of(workers);
  ::kill(worker, SIGTERM);
  ::kill(worker, SIGINT);
  EXPECT_EQ(pid_of(workers), worker);
}

TEST(ImageWorkersTest, AllEndWithTheirOwner) {
  std::vector<int> pids;
  {
    ImageWorkers workers(patient_options());
    std::stop_source stop;
    auto other = std::async(std::launch::async, [&] { return ask(workers, "hang", {}, stop.get_token()); });
    ASSERT_TRUE(comes_true([&] { return workers.process_ids().size() == 1; }));
    pid_of(workers);
    pids = workers.process_ids();
    stop.request_stop();
    other.get();
  }
  ASSERT_EQ(pids.size(), 2u);
  for (const int pid : pids) EXPECT_TRUE(comes_true([&] { return !is_alive(pid); }));
}

TEST(ImageWorkersTest, TwoHundredJobsAtOnceAreAllDoneByTwoWorkers) {
  ImageWorkers workers(patient_options());
  const auto picture = draw(".jpg");
  std::atomic<int> done{0};
  std::vector<std::jthread> threads;
  for (int i = 0; i < 200; ++i) {
    threads.emplace_back([&, i] {
      // Every tenth kills its worker.
      if (i % 10 == 0) {
        done += ask(workers, "crash", {}).has_error() ? 1 : 0;
      } else {
        done += resize(workers, picture).has_value() ? 1 : 0;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(done, 200);
  EXPECT_LE(workers.tally().alive, 2u);
  EXPECT_EQ(workers.tally().died, 20u);
}

TEST(ImageWorkersTest, AProgramThatCannotBeStartedIsAnErrorOfTheJob) {
  auto options = patient_options();
  options.command = {"/bin/false"};
  ImageWorkers workers(options);
  EXPECT_THROW(workers.prepare(), std::exception);
  const auto result = resize(workers, draw(".png"));
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().name, "Image.NoWorker");
}

}  // namespace
}  // namespace stepd::test
