// object.copy: one object to another key or bucket, whole or not at all. It does not look into the object.
#include "tasks/arguments.h"
#include "tasks/handlers.h"

#include <nlohmann/json.hpp>

namespace stepd::tasks {
namespace {

class ObjectCopy final : public Handler {
 public:
  explicit ObjectCopy(ObjectStore& objects) : objects_(objects) {}

  Result<Json> invoke(const Invocation& invocation) override {
    Arguments arguments(invocation.event);
    const ObjectRef source{arguments.text("bucket"), arguments.text("key")};
    ObjectRef target;
    arguments.object("destination", [&](Arguments& destination) {
      target.bucket = destination.text("bucket");
      target.key = destination.optional_text("key").value_or(source.key);
    });
    STEPD_CHECK(arguments.finish());
    STEPD_TRY(const ObjectStat stat, objects_.copy(source, target));
    return Json{{"bucket", target.bucket}, {"key", target.key}, {"bytes", stat.size_bytes}, {"etag", stat.etag}};
  }

 private:
  ObjectStore& objects_;
};

}  // namespace

std::unique_ptr<Handler> make_object_copy(const Surroundings& surroundings) {
  return std::make_unique<ObjectCopy>(surroundings.objects);
}

}  // namespace stepd::tasks
