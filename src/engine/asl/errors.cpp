#include "engine/asl/errors.h"

namespace stepd::asl::errors {

AslError of_limit(Limit limit) {
  const bool size = limit == Limit::Bytes || limit == Limit::Fresh;
  return {std::string(size ? kDataLimitExceeded : kRuntime), std::string(describe(limit))};
}

}  // namespace stepd::asl::errors
