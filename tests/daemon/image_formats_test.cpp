// What the log says of formats that cannot be written.
#include "daemon/image_formats.h"

#include <gmock/gmock.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <nlohmann/json.hpp>
#include <sstream>

namespace stepd::test {
namespace {

using testing::HasSubstr;

class Answering final : public tasks::image::Workplace {
 public:
  explicit Answering(Result<tasks::image::Work> answer) : answer_(std::move(answer)) {}
  Result<tasks::image::Work> perform(const tasks::image::Job&, const std::stop_token&) override { return answer_; }

 private:
  Result<tasks::image::Work> answer_;
};

std::string log_of(Result<tasks::image::Work> answer) {
  std::ostringstream text;
  const auto before = spdlog::default_logger();
  spdlog::set_default_logger(
      std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_st>(text)));
  Answering workplace(std::move(answer));
  daemon::report_image_formats(workplace);
  spdlog::set_default_logger(before);
  return text.str();
}

TEST(ImageFormats, ThatCannotBeWrittenAreNamedWithTheReason) {
  const auto log = log_of(tasks::image::Work{Payload(Json{{"avif", "heifsave: Unsupported compression"}}), {}});
  EXPECT_THAT(log, HasSubstr("warning"));
  EXPECT_THAT(log, HasSubstr("pictures cannot be written as avif: heifsave: Unsupported compression"));
  EXPECT_THAT(log, HasSubstr("Image.CannotWrite"));
  EXPECT_EQ(log_of(tasks::image::Work{Payload(Json::object()), {}}), "");
  EXPECT_THAT(log_of(AslError{"Image.NoWorker", "No process."}), HasSubstr("could not be tried: No process."));
}

}  // namespace
}  // namespace stepd::test
