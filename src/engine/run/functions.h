// The function table: what a Lambda function name of a definition means here. It runs nothing by itself.
#pragma once

#include "engine/asl/diagnostic.h"
#include "engine/run/engine.h"
#include "tasks/handler.h"

#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace stepd::run {

using Handlers = std::map<std::string, std::unique_ptr<tasks::Handler>, std::less<>>;

/// Each function is itself a handler: templates around a built-in one, evaluated on the thread that invokes it.
/// Immutable; any thread.
class FunctionTable {
 public:
  /// Functions that check_functions() finds fault with are left out.
  FunctionTable(const std::vector<Function>& functions, const Handlers& handlers);

  /// By bare name; null if there is none.
  tasks::Handler* find(std::string_view name) const;

 private:
  Handlers functions_;
};

}  // namespace stepd::run
