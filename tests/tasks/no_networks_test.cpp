// What a build without OpenCV answers; image_labels_test.cpp is left out of it.
#include "tasks/labels/label_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <stdexcept>

namespace stepd::test {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(ThisBuildIsWithoutOpenCv, SoANetworkIsRefusedWithTheWayOut) {
  tasks::labels::LabelOptions options;
  options.model = "net.onnx";
  EXPECT_THAT([&] { tasks::labels::load_label_model(options); },
              ThrowsMessage<std::runtime_error>(AllOf(HasSubstr("net.onnx"), HasSubstr("libopencv-dnn-dev"),
                                                      HasSubstr("labels: { function: NAME }"))));
}

}  // namespace
}  // namespace stepd::test
