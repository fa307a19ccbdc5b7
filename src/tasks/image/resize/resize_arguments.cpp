#include "tasks/image/resize/resize_arguments.h"

#include "tasks/arguments.h"
#include "tasks/image/resize/resize_option_table.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

namespace stepd::tasks::image {
namespace {

ResizeOutput read_output(Arguments& arguments, const ImageLimits& limits) {
  ResizeOutput output;
  output.options = read_options(arguments, limits);
  arguments.object("destination", [&](Arguments& destination) {
    output.target_bucket = destination.text("bucket");
    auto parsed = KeyTemplate::parse(destination.text("key"));
    if (parsed) {
      output.target_key = *std::move(parsed);
    } else {
      destination.refuse("key", parsed.error().cause);
    }
  });
  return output;
}

/// `refuses` says whether an argument that changes nothing of this output is a fault of this output.
template <class Refuses>
Result<void> read_one(const Json& event, const ImageLimits& limits, ResizeRequest& request, Refuses refuses) {
  Arguments arguments(event);
  request.source = {arguments.text("bucket"), arguments.text("key")};
  request.outputs.push_back(read_output(arguments, limits));
  for (const auto& idle : idle_arguments(arguments, request.outputs.back().options)) {
    if (refuses(idle)) arguments.refuse(idle.name, idle.why);
  }
  return arguments.finish();
}

AslError wrong_outputs(std::string_view pointer, std::string_view why) {
  return {"Handler.InvalidArguments", std::string(pointer) + ": " + std::string(why)};
}

/// What stands beside `outputs` holds for each that does not say otherwise.
Result<Json> merge(Json shared, const Json& output, const std::string& pointer) {
  if (!output.is_object()) return wrong_outputs(pointer, "expected an object");
  for (const char* name : {"bucket", "key", "outputs"}) {
    if (output.contains(name)) return wrong_outputs(pointer + "/" + name, "stands beside outputs, not within");
  }
  shared.update(output);
  return shared;
}

Result<void> read_several(const Json& event, const ImageLimits& limits, ResizeRequest& request) {
  const Json& outputs = event.at("outputs");
  if (!outputs.is_array() || outputs.empty() || outputs.size() > limits.max_outputs) {
    return wrong_outputs("/outputs", "expected an array of 1 to " + std::to_string(limits.max_outputs) +
                                         " objects, the limit max_outputs");
  }
  Json shared = event;
  shared.erase("outputs");
  // What all share need not mean something to each, but to one.
  std::map<std::string_view, std::size_t> idle_shared;
  for (std::size_t at = 0; at < outputs.size(); ++at) {
    const auto pointer = "/outputs/" + std::to_string(at);
    const Json& own = outputs.at(at);
    STEPD_TRY(const Json merged, merge(shared, own, pointer));
    const auto read = read_one(merged, limits, request, [&](const IdleArgument& idle) {
      return own.contains(idle.name) || ++idle_shared[idle.name] == outputs.size();
    });
    if (!read) return wrong_outputs(pointer, read.error().cause);
  }
  return {};
}

}  // namespace

Result<ResizeRequest> read_resize_request(const Json& event, const ImageLimits& limits) {
  ResizeRequest request;
  const auto outputs = event.is_object() ? event.find("outputs") : event.end();
  request.single = outputs == event.end() || outputs->is_null();
  if (!request.single) {
    STEPD_CHECK(read_several(event, limits, request));
    return request;
  }
  Json only = event;
  if (only.is_object()) only.erase("outputs");
  STEPD_CHECK(read_one(only, limits, request, [](const IdleArgument&) { return true; }));
  return request;
}

std::vector<ObjectRef> watermark_objects(const ResizeRequest& request) {
  std::vector<ObjectRef> objects;
  for (const auto& output : request.outputs) {
    const auto& mark = output.options.watermark;
    if (!mark || mark->key.empty()) continue;
    const ObjectRef object{mark->bucket, mark->key};
    if (std::find(objects.begin(), objects.end(), object) == objects.end()) objects.push_back(object);
  }
  return objects;
}

}  // namespace stepd::tasks::image
