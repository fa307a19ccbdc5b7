// Encoders that libvips or the libraries beneath it lack: named before the first picture, and never the source's fault.
// Each test takes one away from its own process, which is why they are death tests.
#include "resizing.h"
#include "tasks/image/job.h"
#include "tasks/image/vips.h"

#include <gmock/gmock.h>

#include <vips/vips.h>

#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

void take_away(const char* saver) {
  tasks::image::start_vips();
  vips_operation_block_set(saver, TRUE);
}

/// Prints what went wrong and ends the process: 0 if nothing did.
[[noreturn]] void end_with(const std::string& wrong) {
  std::cerr << wrong;
  std::_Exit(wrong.empty() ? 0 : 1);
}

std::string unless(bool right, const std::string& what) { return right ? "" : what + "; "; }

Json unwritable() {
  const auto work = tasks::image::perform({"formats", Payload(), {}, {}}, {});
  return work ? work->answer.json() : Json("no answer");
}

class Writable : public testing::Test {
 protected:
  Writable() { GTEST_FLAG_SET(death_test_style, "threadsafe"); }
};

TEST_F(Writable, EveryFormatIsWhereDebiansLibrariesAreWhole) { EXPECT_EQ(unwritable(), Json::object()); }

void without_avif() {
  take_away("VipsForeignSaveHeif");
  Workbench bench;
  bench.objects.put("in", "photo", draw(".png"));
  const auto result = bench.run("image.resize", resize_request("photo", {{"width", 32}, {"format", "avif"}}));
  const auto accepted =
      bench.run("image.resize", resize_request("photo", {{"width", 32}, {"accept", "image/avif,image/webp;q=0.5"}}));
  const auto missing = unwritable();
  end_with(unless(error_name(result) == "Image.CannotWrite", "is " + error_name(result)) +
           unless(cause(result).find("as avif") != std::string::npos, cause(result)) +
           unless(cause(result).find("write: webp, jpeg, png, gif, tiff.") != std::string::npos, cause(result)) +
           unless(accepted && accepted->at("format") == "webp", "accept takes what cannot be written") +
           unless(missing.size() == 1 && missing.contains("avif"), print_json(missing)));
}

TEST_F(Writable, AFormatThatIsMissingIsNamedWithThoseThatAreThere) {
  EXPECT_EXIT(without_avif(), testing::ExitedWithCode(0), "^$");
}

void fault_of_writing() {
  Workbench bench;
  bench.objects.put("in", "photo", draw(".jpg"));
  const auto gif = resize_request("photo", {{"width", 32}, {"format", "gif"}});
  std::string wrong = unless(error_name(bench.run("image.resize", gif)) == "none", "gif cannot be written");
  take_away("VipsForeignSaveCgif");  // unnoticed, as whatever else goes wrong in an encoder
  const auto result = bench.run("image.resize", gif);
  wrong += unless(error_name(result) == "Image.CannotWrite", error_name(result) + " " + cause(result));
  const auto whole = draw(".jpg", {.width = 300, .height = 200, .noise = true});
  bench.objects.put("in", "photo", whole.substr(0, whole.size() / 2));
  const auto both = bench.run("image.resize", gif);
  end_with(wrong + unless(error_name(both) == "Image.Corrupt", "of a damaged one: " + error_name(both)));
}

TEST_F(Writable, AFaultOfWritingIsNotTheSources) { EXPECT_EXIT(fault_of_writing(), testing::ExitedWithCode(0), "^$"); }

}  // namespace
}  // namespace stepd::test
