// The handler image.labels, served by a function of the configuration instead of a network. The configuration names the
// function, which must not use image.labels itself.
#pragma once

#include "functions/runtime.h"
#include "services/function_handler.h"

#include <memory>
#include <string>

namespace stepd::services {

/// A handler for the name `image.labels`. The function is called with `{bucket, key, maxLabels, minConfidence}` (the
/// last two if the task gives them; `bytes`, base64, instead of the first two if the task has a picture itself) and
/// answers `{"Labels": [{"Name", "Confidence", ...}], "LabelModelVersion"}`. Its errors are those of the task; an
/// answer of another shape is `Image.LabelModelFailed`. The function runs on threads of its own, so that tasks that
/// wait for labels cannot occupy all the threads that compute them. `handlers` and `clock` and `runtime`, which may be
/// null, outlive it.
std::unique_ptr<tasks::Handler> make_label_function(const ServiceOptions& options, const std::string& function,
                                                    const Handlers& handlers, const Clock& clock,
                                                    functions::Runtime* runtime = nullptr);

}  // namespace stepd::services
