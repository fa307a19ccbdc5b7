// Why a transaction is cancelled: a reason for each action, in order.
#pragma once

#include "base/items.h"
#include "dynamodb/api_failure.h"

#include <optional>
#include <string>
#include <vector>

namespace stepd::dynamodb {

struct CancellationReason {
  std::string code = "None";
  std::string message = {};
  std::optional<Item> item = {};  ///< as ReturnValuesOnConditionCheckFailure asks
};

/// TransactionCanceledException.
Failure cancelled(const std::vector<CancellationReason>& reasons);

}  // namespace stepd::dynamodb
