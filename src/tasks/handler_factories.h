// The built-in handlers' makers, one per handler, each defined in the file of the same name.
// Which handlers exist under which name is said in catalog.cpp, not here.
#pragma once

#include "tasks/catalog.h"

#include <memory>

namespace stepd::tasks {

/// `surroundings` need only live during the call; what they refer to outlives the handler.
using Maker = std::unique_ptr<Handler>(const Surroundings& surroundings);

Maker make_dynamodb_call;
Maker make_execution_start;
Maker make_image_labels;
Maker make_image_metadata;
Maker make_image_resize;
Maker make_image_type;
Maker make_item_delete;
Maker make_item_get;
Maker make_item_put;
Maker make_item_query;
Maker make_item_update;
Maker make_key_parts;
Maker make_notify_publish;
Maker make_object_copy;
Maker make_object_delete;
Maker make_object_get;
Maker make_object_head;
Maker make_object_list;
Maker make_object_move;
Maker make_object_put;

}  // namespace stepd::tasks
