#include "tasks/catalog.h"

#include "tasks/handlers.h"

#include <string_view>

namespace stepd::tasks {
namespace {

struct Entry {
  std::string_view name;
  Maker* make;
};

// A new handler is a file of its own, its maker in handlers.h, and one line here.
constexpr Entry kEntries[] = {
    {"image.metadata", make_image_metadata},
    {"image.resize", make_image_resize},
    {"image.type", make_image_type},
    {"item.get", make_item_get},
    {"item.put", make_item_put},
    {"notify.publish", make_notify_publish},
    {"object.copy", make_object_copy},
    {"object.delete", make_object_delete},
};

}  // namespace

Catalog make_catalog(const Surroundings& surroundings) {
  Catalog catalog;
  for (const auto& entry : kEntries) catalog.emplace(entry.name, entry.make(surroundings));
  return catalog;
}

}  // namespace stepd::tasks
