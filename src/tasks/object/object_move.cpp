// object.move: a copy, after which the source goes. A source that changed meanwhile is kept: nobody has copied it.
#include "tasks/handler_factories.h"
#include "tasks/object/transfer.h"

#include <nlohmann/json.hpp>

namespace stepd::tasks {
namespace {

class ObjectMove final : public Handler {
 public:
  explicit ObjectMove(ObjectStore& objects) : objects_(objects) {}

  Result<Json> invoke(const Invocation& invocation) override {
    Arguments arguments(invocation.event);
    const auto wanted = read_transfer(arguments);
    STEPD_CHECK(arguments.finish());
    const auto before = objects_.head(wanted.source);
    if (!before) return moved_before(wanted, invocation.attempt, before.error());
    STEPD_TRY(Json answer, transfer(objects_, wanted, invocation));
    STEPD_TRY(const ObjectStat now, objects_.head(wanted.source));
    if (now.version != before->version) {
      return AslError{"Object.Conflict", "'" + wanted.source.key + "' in bucket '" + wanted.source.bucket +
                                             "' changed while it was moved, and is kept."};
    }
    STEPD_CHECK(objects_.remove(wanted.source));
    return answer;
  }

 private:
  /// Without a source there is nothing to do if this very attempt has moved it.
  Result<Json> moved_before(const Transfer& wanted, const std::string& attempt, const AslError& error) const {
    if (error.name != "Object.NotFound" || attempt.empty()) return error;
    const auto target = objects_.head(wanted.target);
    if (!target || target->attempt != attempt) return error;
    return transferred(wanted, *target);
  }

  ObjectStore& objects_;
};

}  // namespace

std::unique_ptr<Handler> make_object_move(const Surroundings& surroundings) {
  return std::make_unique<ObjectMove>(surroundings.objects);
}

}  // namespace stepd::tasks
