// object.get: an object's bytes into the workflow, as text, as JSON or in base64. What is larger than a state's output
// is refused before it is read.
#include "base/encoding.h"
#include "base/limits.h"
#include "base/payload.h"
#include "tasks/arguments.h"
#include "tasks/handler_factories.h"
#include "tasks/object/description.h"

#include <nlohmann/json.hpp>

namespace stepd::tasks {
namespace {

constexpr std::array<std::string_view, 3> kForms{"text", "json", "base64"};
enum Form : std::size_t { kText, kJson, kBase64 };

Result<std::string> read_all(ObjectReader& reader, const ObjectRef& ref, std::size_t max) {
  const auto size = reader.stat().size_bytes;
  const AslError too_large{"Object.TooLarge", "'" + ref.key + "' in bucket '" + ref.bucket + "' has " +
                                                  std::to_string(size) + " bytes, " + std::to_string(max) +
                                                  " are the limit."};
  if (size > max) return too_large;
  std::string bytes(max + 1, '\0');
  std::size_t filled = 0;
  while (filled < bytes.size()) {
    STEPD_TRY(const std::size_t count, reader.read(bytes.data() + filled, bytes.size() - filled));
    if (count == 0) break;
    filled += count;
  }
  if (filled > max) return too_large;  // it grew meanwhile
  bytes.resize(filled);
  return bytes;
}

Result<Json> in_form(const ObjectRef& ref, std::string bytes, std::size_t form) {
  if (form == kBase64) return Json(to_base64(bytes));
  const std::string what = "'" + ref.key + "' in bucket '" + ref.bucket + "' ";
  if (form == kJson) {
    auto parsed = parse_json(bytes);
    if (!parsed) return AslError{"Object.NotJson", what + "is no JSON: " + parsed.error().cause};
    return parsed;
  }
  Json text(std::move(bytes));
  // Printing replaces what is no UTF-8, so that only what is comes back the same.
  const auto again = parse_json(print_json(text));
  if (!again || *again != text)
    return AslError{"Object.NotText", what + "is no text in UTF-8; as base64 it can be read."};
  return text;
}

class ObjectGet final : public Handler {
 public:
  explicit ObjectGet(const ObjectStore& objects) : objects_(objects) {}

  Result<Json> invoke(const Invocation& invocation) override {
    Arguments arguments(invocation.event);
    const ObjectRef ref{arguments.text("bucket"), arguments.text("key")};
    const auto form = arguments.optional_choice("as", kForms).value_or(kText);
    const auto max = static_cast<std::size_t>(
        arguments.optional_integer("maxBytes", 0, limits::kPayloadBytes).value_or(limits::kPayloadBytes));
    STEPD_CHECK(arguments.finish());
    STEPD_TRY(const auto reader, objects_.open(ref));
    STEPD_TRY(std::string bytes, read_all(*reader, ref, max));
    STEPD_TRY(Json body, in_form(ref, std::move(bytes), form));
    Json answer = describe(ref, reader->stat());
    answer[std::string(kForms.at(form))] = std::move(body);
    return answer;
  }

 private:
  const ObjectStore& objects_;
};

}  // namespace

std::unique_ptr<Handler> make_object_get(const Surroundings& surroundings) {
  return std::make_unique<ObjectGet>(surroundings.objects);
}

}  // namespace stepd::tasks
