// Jobs that do what a decoder does that was taken over, or broken, by its picture: each tries one thing.
#pragma once

#include "base/json.h"
#include "tasks/image/job.h"

#include <string>
#include <vector>

namespace stepd::test {

/// The names of probes that reach for something outside; probe() tells how that went.
const std::vector<std::string>& reaching_probes();

/// What is tried, with arguments of the probe. Answers 0 if it was allowed, else the error's number.
int probe(const std::string& name, const Json& arguments);

/// How many pixels of a text are not empty; -1 if it cannot be drawn.
int draw_text(const std::string& text, const std::string& font);

/// The job if it is a picture's, else the probe that is its kind: answers {"error": number}, or never.
Result<tasks::image::Work> probe_or_perform(const tasks::image::Job& job, const std::stop_token& stop);

}  // namespace stepd::test
