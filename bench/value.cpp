// Values beside nlohmann's Json: what reading, printing, dropping, keeping, selecting from and editing them costs.
#include "base/payload.h"
#include "base/value/edit.h"
#include "base/value/parse.h"
#include "base/value/print.h"
#include "table.h"

#include <malloc.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::bench {
namespace {

/// Processor time of this thread: what else runs on the machine does not count.
class ProcessorWatch {
 public:
  double seconds() const { return now() - begin_; }

 private:
  static double now() {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  }

  double begin_ = now();
};

constexpr double kSecondsEach = 0.05;
constexpr std::size_t kTries = 5;

/// An S3 notification as a watched bucket sends it; about 1 KB.
std::string event(int number) {
  const std::string n = std::to_string(number);
  return R"({"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"eu-central-1","eventTime":"2026-11-29T12:34:56.789Z",)"
         R"("eventName":"ObjectCreated:Put","userIdentity":{"principalId":"AWS:AIDAINPONIXQXHT3IKHL2"},)"
         R"("requestParameters":{"sourceIPAddress":"205.255.255.255"},"responseElements":{"x-amz-request-id":)"
         R"("D82B88E5F771F645","x-amz-id-2":"vlR7PnpV2Ce81l0PRw6jlUpck7Jo5ZsQjryTjKlc5aLWGVHPZLj5NeC6qMa0emYBDXOo6QBU0Wo="},)"
         R"("s3":{"s3SchemaVersion":"1.0","configurationId":"828aa6fc-f7b5-4305-8584-487c791949c1","bucket":{"name":)"
         R"("photos","ownerIdentity":{"principalId":"A3I5XTEXAMAI3E"},"arn":"arn:aws:s3:::photos"},"object":{"key":)"
         R"("inbox/2026/11/29/photo-)" +
         n + R"(.jpg","size":)" + std::to_string(1'305'107 + 37 * number) +
         R"(,"eTag":"b21b84d653bb07b05b1e6b33684dc11b","sequencer":"0C0F6F405D6ED209E1","width":4000,"height":3000.5,)"
         R"("tags":["inbox","holiday","grüße"],"public":false,"expires":null}}})";
}

/// `count` pieces with commas, in brackets.
std::string joined(char open, char close, int count, const std::function<std::string(int)>& piece) {
  std::string text(1, open);
  for (int i = 0; i < count; ++i) text += (i == 0 ? "" : ",") + piece(i);
  return text + close;
}

struct Sample {
  std::string name;
  std::string text;
};

std::vector<Sample> samples() {
  return {{"1 KB event", event(1)},
          {"182 KB document", R"({"Records":)" + joined('[', ']', 171, event) + "}"},
          {"20,000 objects", joined('[', ']', 20'000,
                                    [](int i) {
                                      const std::string n = std::to_string(i);
                                      return R"({"id":)" + n + R"(,"name":"item )" + n + R"(","ok":true,"price":)" + n +
                                             ".5}";
                                    })},
          {"10,000 members", joined('{', '}', 10'000, [](int i) {
             return "\"member-" + std::to_string(i) + "\":" + std::to_string(i);
           })}};
}

/// Seconds that one call takes, the best of several tries. The clock is read once for many calls.
double seconds_of(const std::function<void()>& work) {
  double best = 1e9;
  for (std::size_t calls = 1, tries = 0; tries < kTries;) {
    const ProcessorWatch watch;
    for (std::size_t i = 0; i < calls; ++i) work();
    const double seconds = watch.seconds();
    if (seconds < kSecondsEach) {
      calls *= 2;
    } else {
      ++tries;
      best = std::min(best, seconds / static_cast<double>(calls));
    }
  }
  return best;
}

/// The same, of what happens to a batch of things that `make` makes, its time left out.
template <class Make, class Work>
double seconds_of_batch(Make make, Work work) {
  double best = 1e9;
  for (std::size_t attempt = 0; attempt < 4 * kTries; ++attempt) {
    std::vector<decltype(make())> batch;
    for (int i = 0; i < 8; ++i) batch.push_back(make());
    const ProcessorWatch watch;
    work(batch);
    best = std::min(best, watch.seconds() / 8);
  }
  return best;
}

std::size_t heap_in_use() {
  const auto heap = mallinfo2();
  return heap.uordblks + heap.hblkhd;
}

/// Bytes of the heap that what `make` makes occupies.
template <class Make>
double heap_of(Make make) {
  std::vector<decltype(make())> kept;
  kept.reserve(16);
  const std::size_t before = heap_in_use();
  for (int i = 0; i < 16; ++i) kept.push_back(make());
  return static_cast<double>(heap_in_use() - before) / 16;
}

/// `ours` and `theirs` in seconds for `bytes`.
void print_speed(const std::string& label, double bytes, double ours, double theirs) {
  print_row(label, bytes / ours / 1e6, "MB/s", theirs / ours);
}

void compare_sample(const Sample& sample) {
  const std::string& text = sample.text;
  const auto bytes = static_cast<double>(text.size());
  const auto make_value = [&] { return parse_value(text).value(); };
  const auto make_json = [&] { return parse_json(text).value(); };
  const Value value = make_value();
  const Json json = make_json();
  print_speed(sample.name + ", parse", bytes, seconds_of(make_value), seconds_of(make_json));
  print_speed(sample.name + ", print", bytes, seconds_of([&] { static_cast<void>(print(value)); }),
              seconds_of([&] { static_cast<void>(print_json(json)); }));
  const auto drop = [](auto& batch) { batch.clear(); };
  print_speed(sample.name + ", destroy", bytes, seconds_of_batch(make_value, drop), seconds_of_batch(make_json, drop));
  const double ours = heap_of(make_value) / bytes;
  print_row(sample.name + ", memory", ours, "B/B ", heap_of(make_json) / bytes / ours);
}

volatile std::size_t sink;

void compare_selection(const std::string& text) {
  const Value value = parse_value(text).value();
  const Json json = parse_json(text).value();
  const std::array keys{Key("Records"), Key("s3"), Key("object"), Key("key")};
  const double ours = seconds_of([&] {
    const Value& record = (*value.find(keys[0]))[17];
    sink = record.find(keys[1])->find(keys[2])->find(keys[3])->size();
  });
  const double theirs = seconds_of([&] {
    const Json& record = (*json.find("Records"))[17];
    sink = record.find("s3")->find("object")->find("key")->size();
  });
  print_row("$.Records[17].s3.object.key", 1e-6 / ours, "M/s ", theirs / ours);
}

void compare_copy(const std::string& text) {
  const Value value = parse_value(text).value();
  const Json json = parse_json(text).value();
  const Key records("Records");
  const double ours = seconds_of([&] { sink = Value(*value.find(records)).size(); });
  const double theirs = seconds_of([&] { sink = Json(*json.find("Records")).size(); });
  print_row("take a 182 KB sub-tree out", 1e-3 / ours, "k/s ", theirs / ours);
}

void compare_result_path(const std::string& label, const std::string& text, const std::vector<std::string>& path) {
  const Value value = parse_value(text).value();
  const Json json = parse_json(text).value();
  const Value result = object({{"ok", Value::boolean(true)}});
  std::vector<EditStep> steps;
  for (const auto& name : path) steps.emplace_back(Key(name));
  const double ours = seconds_of([&] {
    Budget budget = Budget::without_limits();
    sink = with(value, steps, result, budget).value().size();
  });
  const double theirs = seconds_of([&] {
    Json copy = json;
    Json* at = &copy;
    for (const auto& name : path) at = &(*at)[name];
    *at = Json{{"ok", true}};
    sink = copy.size();
  });
  print_row(label, 1e-3 / ours, "k/s ", theirs / ours);
}

void compare_look_up(const std::string& text) {
  const Value value = parse_value(text).value();
  const Json json = parse_json(text).value();
  const Key key("member-5000");
  print_row("find one of 10,000 members", 1e-6 / seconds_of([&] { sink = value.find(key)->size(); }), "M/s ",
            seconds_of([&] { sink = json.find("member-5000")->size(); }) /
                seconds_of([&] { sink = value.find(key)->size(); }));
}

}  // namespace
}  // namespace stepd::bench

int main() {
  using namespace stepd::bench;
  const auto all = samples();
  print_header("values                                                       / nlohmann (memory: nlohmann / ours)");
  for (const auto& sample : all) compare_sample(sample);
  print_header("operations                                                            / nlohmann");
  compare_selection(all[1].text);
  compare_copy(all[1].text);
  compare_look_up(all[3].text);
  compare_result_path("ResultPath over 182 KB", all[1].text, {"result"});
  compare_result_path("ResultPath three names deep, 1 KB", all[0].text, {"s3", "object", "result"});
  compare_result_path("replace one of 10,000 members", all[3].text, {"member-5000"});
}
