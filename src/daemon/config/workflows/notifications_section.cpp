#include "daemon/config/workflows/notifications_section.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::daemon {
namespace {

void check_bucket(Mapping& mapping, const std::string& name, const std::vector<Bucket>& buckets) {
  std::vector<std::string> watched;
  for (const auto& bucket : buckets) {
    if (bucket.watch) watched.push_back(bucket.name);
  }
  if (name.empty() || std::find(watched.begin(), watched.end(), name) != watched.end()) return;
  mapping.fault("bucket", "there is no bucket '" + name + "' with watch: true" + suggestion(name, watched));
}

}  // namespace

std::vector<triggers::Notification> read_notifications(Mapping& root, const triggers::Origin& origin,
                                                       const std::vector<Bucket>& buckets,
                                                       const std::vector<StateMachine>& machines,
                                                       const services::Inventory& inventory) {
  std::vector<triggers::Notification> notifications;
  root.each("notifications", [&](const std::string& id, Mapping& mapping) {
    triggers::Notification notification;
    notification.id = id;
    notification.bucket = mapping.text("bucket");
    check_bucket(mapping, notification.bucket, buckets);
    notification.prefix = mapping.optional_text("prefix").value_or("");
    notification.suffix = mapping.optional_text("suffix").value_or("");
    notification.encode_key = mapping.flag("encode_key", true);
    if (const Json* input = mapping.object("input", false)) {
      notification.input = asl::PayloadTemplate::compile(*input, mapping.pointer_to("input"), mapping.reading().faults);
    }
    auto target = read_event_target(mapping, origin, machines, inventory);
    notification.state_machine_arn = std::move(target.state_machine_arn);
    notification.function = std::move(target.function);
    notifications.push_back(std::move(notification));
  });
  return notifications;
}

}  // namespace stepd::daemon
