// image.labels answered by a function of the configuration instead of a network. Which function that is, and that it
// does not ask image.labels itself, is the configuration's business.
#pragma once

#include "services/function_handler.h"

#include <memory>
#include <string>

namespace stepd::services {

/// A handler that stands for `image.labels`: the function is called with `{bucket, key, maxLabels, minConfidence}` (the
/// last two where the task gives them) and answers `{"Labels": [{"Name", "Confidence", ...}], "LabelModelVersion"}`.
/// Its errors are the task's; an answer of another shape is `Image.LabelModelFailed`.
/// It runs on threads of its own: tasks that wait for labels cannot keep all threads from those that find them.
/// `handlers` and `clock` outlive it.
std::unique_ptr<tasks::Handler> make_label_function(const ServiceOptions& options, const std::string& function,
                                                    const Handlers& handlers, const Clock& clock);

}  // namespace stepd::services
