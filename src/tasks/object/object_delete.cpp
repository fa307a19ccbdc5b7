// object.delete: removes one object; one that is not there counts as removed, as on S3, so a repeat succeeds.
#include "tasks/arguments.h"
#include "tasks/handlers.h"

#include <nlohmann/json.hpp>

namespace stepd::tasks {
namespace {

class ObjectDelete final : public Handler {
 public:
  explicit ObjectDelete(ObjectStore& objects) : objects_(objects) {}

  Result<Json> invoke(const Invocation& invocation) override {
    Arguments arguments(invocation.event);
    const ObjectRef ref{arguments.text("bucket"), arguments.text("key")};
    STEPD_CHECK(arguments.finish());
    STEPD_CHECK(objects_.remove(ref));
    return Json{{"deleted", true}, {"bucket", ref.bucket}, {"key", ref.key}};
  }

 private:
  ObjectStore& objects_;
};

}  // namespace

std::unique_ptr<Handler> make_object_delete(const Surroundings& surroundings) {
  return std::make_unique<ObjectDelete>(surroundings.objects);
}

}  // namespace stepd::tasks
