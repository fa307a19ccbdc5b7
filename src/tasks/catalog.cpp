#include "tasks/catalog.h"

#include "tasks/handler_factories.h"

#include <string_view>

namespace stepd::tasks {
namespace {

struct Entry {
  std::string_view name;
  Maker* make;
};

// A new handler is a file of its own, its maker in handler_factories.h, and one line here.
constexpr Entry kEntries[] = {
    {"dynamodb.call", make_dynamodb_call},
    {"execution.start", make_execution_start},
    {"image.labels", make_image_labels},
    {"image.metadata", make_image_metadata},
    {"image.resize", make_image_resize},
    {"image.type", make_image_type},
    {"item.delete", make_item_delete},
    {"item.get", make_item_get},
    {"item.put", make_item_put},
    {"item.query", make_item_query},
    {"item.update", make_item_update},
    {"key.parts", make_key_parts},
    {"notify.publish", make_notify_publish},
    {"object.copy", make_object_copy},
    {"object.delete", make_object_delete},
    {"object.get", make_object_get},
    {"object.head", make_object_head},
    {"object.list", make_object_list},
    {"object.move", make_object_move},
    {"object.put", make_object_put},
};

}  // namespace

Catalog make_catalog(const Surroundings& surroundings) {
  Catalog catalog;
  for (const auto& entry : kEntries) catalog.emplace(entry.name, entry.make(surroundings));
  return catalog;
}

}  // namespace stepd::tasks
