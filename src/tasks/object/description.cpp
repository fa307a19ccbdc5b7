#include "tasks/object/description.h"

#include <nlohmann/json.hpp>

namespace stepd::tasks {

Json describe(const ObjectRef& ref, const ObjectStat& stat) {
  Json metadata = Json::object();
  for (const auto& [name, value] : stat.metadata) metadata[name] = value;
  return Json{{"bucket", ref.bucket},
              {"key", ref.key},
              {"bytes", stat.size_bytes},
              {"etag", stat.version},
              {"s3Etag", stat.etag},
              {"modified", to_rfc3339(stat.modified)},
              {"contentType", stat.content_type},
              {"metadata", std::move(metadata)}};
}

}  // namespace stepd::tasks
