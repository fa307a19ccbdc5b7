// In place of opencv_model.cpp where OpenCV was absent at build time: a network that is configured is refused, with the
// way out. Everything else of stepd is as it would be.
#include "tasks/labels/label_model.h"

#include <stdexcept>

namespace stepd::tasks::labels {

std::unique_ptr<LabelModel> load_label_model(LabelOptions options) {
  throw std::runtime_error("the label model " + options.model.string() +
                           " cannot be used: this stepd was built without OpenCV, which runs networks. Install "
                           "libopencv-dnn-dev (./dev deps labels) and build again, or have a function name what is in "
                           "pictures: labels: { function: NAME }");
}

}  // namespace stepd::tasks::labels
