// object.put: a small object out of the workflow, from a text, a JSON value or base64.
#include "base/encoding.h"
#include "base/payload.h"
#include "tasks/arguments.h"
#include "tasks/handler_factories.h"
#include "tasks/object/description.h"
#include "tasks/object/transfer.h"

#include <nlohmann/json.hpp>

namespace stepd::tasks {
namespace {

constexpr std::array<std::string_view, 2> kPutPolicies{"replace", "refuse"};

/// Exactly one of text, json and base64.
std::string read_body(Arguments& arguments) {
  const bool has_json = arguments.has("json");
  const auto text = arguments.optional_string("text");
  const auto base64 = arguments.optional_string("base64");
  const int given = (has_json ? 1 : 0) + (text ? 1 : 0) + (base64 ? 1 : 0);
  const Json* json = has_json || given == 0 ? arguments.any("json") : arguments.optional_any("json");
  if (given > 1) arguments.refuse("json", "only one of text, json and base64 can be given");
  if (text) return *text;
  if (base64) {
    const auto bytes = from_base64(*base64);
    if (!bytes) arguments.refuse("base64", "is no base64");
    return bytes.value_or("");
  }
  return json == nullptr ? std::string() : print_json(*json);
}

class ObjectPut final : public Handler {
 public:
  explicit ObjectPut(ObjectStore& objects) : objects_(objects) {}

  Result<Json> invoke(const Invocation& invocation) override {
    Arguments arguments(invocation.event);
    const ObjectRef ref{arguments.text("bucket"), arguments.text("key")};
    const auto body = read_body(arguments);
    NewObject object;
    object.content_type = arguments.optional_text("contentType").value_or("");
    object.metadata = read_metadata(arguments).value_or(ObjectMetadata());
    object.attempt = invocation.attempt;
    object.lineage = invocation.lineage;
    if (arguments.optional_choice("overwrite", kPutPolicies).value_or(0) == 1) object.if_present = IfPresent::Refuse;
    STEPD_CHECK(arguments.finish());
    STEPD_TRY(const auto writer, objects_.create(ref, std::move(object)));
    STEPD_CHECK(writer->write(body));
    const auto stat = writer->commit();
    if (stat) return describe(ref, *stat);
    if (stat.error().name != "Object.Exists") return stat.error();
    const auto present = objects_.head(ref);
    if (!present || invocation.attempt.empty() || present->attempt != invocation.attempt) return stat.error();
    return describe(ref, *present);  // this attempt put it before, and was cut off before it could say so
  }

 private:
  ObjectStore& objects_;
};

}  // namespace

std::unique_ptr<Handler> make_object_put(const Surroundings& surroundings) {
  return std::make_unique<ObjectPut>(surroundings.objects);
}

}  // namespace stepd::tasks
