// The list of built-in handlers, by the names that a configuration uses.
#pragma once

#include "base/clock.h"
#include "base/executions.h"
#include "base/items.h"
#include "base/objects.h"
#include "tasks/handler.h"
#include "tasks/image/image_limits.h"
#include "tasks/image/job.h"
#include "tasks/image/resize/resize_presets.h"
#include "tasks/labels/label_model.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace stepd::tasks {

class Publisher;

/// What handlers may use; all of it outlives them.
struct Surroundings {
  ObjectStore& objects;
  ItemStore& items;
  const Clock& clock;
  ImageLimits image_limits;
  Publisher* publisher = nullptr;                       ///< of notify.publish; null: there is no topic
  image::Workplace& workplace = image::this_process();  ///< where pictures are decoded
  ImagePresets image_presets = {};
  labels::LabelModel* label_model = nullptr;  ///< what image.labels asks; none: it says so
  ExecutionStarter* executions = nullptr;     ///< null: execution.start fails
};

using Catalog = std::map<std::string, std::unique_ptr<Handler>, std::less<>>;

/// `dynamodb.call`, `execution.start`, `image.labels`, `image.metadata`, `image.resize`, `image.type`, `item.delete`,
/// `item.get`, `item.put`, `item.query`, `item.update`, `key.parts`, `notify.publish`, `object.copy`, `object.delete`,
/// `object.get`, `object.head`, `object.list`, `object.move`, `object.put`.
Catalog make_catalog(const Surroundings& surroundings);

}  // namespace stepd::tasks
