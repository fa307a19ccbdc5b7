// object.head: what there is to know of an object without reading it.
#include "tasks/arguments.h"
#include "tasks/handler_factories.h"
#include "tasks/object/description.h"

#include <nlohmann/json.hpp>

namespace stepd::tasks {
namespace {

class ObjectHead final : public Handler {
 public:
  explicit ObjectHead(const ObjectStore& objects) : objects_(objects) {}

  Result<Json> invoke(const Invocation& invocation) override {
    Arguments arguments(invocation.event);
    const ObjectRef ref{arguments.text("bucket"), arguments.text("key")};
    STEPD_CHECK(arguments.finish());
    STEPD_TRY(const ObjectStat stat, objects_.head(ref));
    return describe(ref, stat);
  }

 private:
  const ObjectStore& objects_;
};

}  // namespace

std::unique_ptr<Handler> make_object_head(const Surroundings& surroundings) {
  return std::make_unique<ObjectHead>(surroundings.objects);
}

}  // namespace stepd::tasks
