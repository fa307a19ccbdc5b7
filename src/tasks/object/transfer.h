// What object.copy and object.move share: one object to another key or bucket, whole or not at all, under a policy for
// what is there already. It removes nothing.
#pragma once

#include "base/json.h"
#include "base/objects.h"
#include "base/result.h"
#include "tasks/arguments.h"
#include "tasks/handler.h"

#include <optional>
#include <string>

namespace stepd::tasks {

struct Transfer {
  enum class Overwrite { Replace, Refuse, SkipIfSame };
  ObjectRef source;
  ObjectRef target;
  Overwrite overwrite = Overwrite::Replace;
  std::optional<std::size_t> checksum;  ///< of kChecksums: compared with what was written before it is seen
  std::optional<std::string> expected;  ///< the checksum that the source must have
  std::optional<std::string> content_type;
  std::optional<ObjectMetadata> metadata;
};

/// Names all members; the faults are the arguments' to report.
Transfer read_transfer(Arguments& arguments);

/// A member `metadata`: an object of texts; none if it is not given.
std::optional<ObjectMetadata> read_metadata(Arguments& arguments);

/// The attempt tells what it wrote itself, should it run twice, from what somebody else put there.
Result<Json> transfer(ObjectStore& objects, const Transfer& wanted, const Invocation& invocation);

/// What is answered where the target is as `transfer` left it.
Json transferred(const Transfer& wanted, const ObjectStat& target);

}  // namespace stepd::tasks
