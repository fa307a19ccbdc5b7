// The list of built-in handlers, by the names that a configuration uses.
#pragma once

#include "base/clock.h"
#include "base/items.h"
#include "base/objects.h"
#include "tasks/handler.h"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace stepd::tasks {

struct ImageLimits {
  std::uint64_t max_pixels = 50'000'000;          ///< width x height of a source, from its header
  std::uint32_t max_side = 16'383;                ///< px, of source and result
  std::uint64_t max_bytes = 64ull * 1024 * 1024;  ///< of a source
};

struct Topic {
  std::string name;
  std::filesystem::path file;  ///< JSON lines, one per message
};

/// What handlers may use; all of it outlives them.
struct Surroundings {
  ObjectStore& objects;
  ItemStore& items;
  const Clock& clock;
  ImageLimits image_limits;
  std::vector<Topic> topics;
};

using Catalog = std::map<std::string, std::unique_ptr<Handler>, std::less<>>;

/// `image.type`, `image.resize`, `image.metadata`, `object.copy`, `object.delete`, `item.put`, `item.get`,
/// `notify.publish`.
Catalog make_catalog(const Surroundings& surroundings);

}  // namespace stepd::tasks
