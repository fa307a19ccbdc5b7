// object.copy: one object to another key or bucket, whole or not at all. It does not look into the object.
#include "tasks/handler_factories.h"
#include "tasks/object/transfer.h"

#include <nlohmann/json.hpp>

namespace stepd::tasks {
namespace {

class ObjectCopy final : public Handler {
 public:
  explicit ObjectCopy(ObjectStore& objects) : objects_(objects) {}

  Result<Json> invoke(const Invocation& invocation) override {
    Arguments arguments(invocation.event);
    const auto wanted = read_transfer(arguments);
    STEPD_CHECK(arguments.finish());
    return transfer(objects_, wanted, invocation);
  }

 private:
  ObjectStore& objects_;
};

}  // namespace

std::unique_ptr<Handler> make_object_copy(const Surroundings& surroundings) {
  return std::make_unique<ObjectCopy>(surroundings.objects);
}

}  // namespace stepd::tasks
