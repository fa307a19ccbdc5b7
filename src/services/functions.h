// The function table: what a Lambda function name of a definition means here. It runs nothing by itself.
#pragma once

#include "engine/asl/diagnostic.h"
#include "services/function_handler.h"
#include "services/service_options.h"
#include "tasks/handler.h"

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace stepd::services {

/// Where a function is: a handler of this process, or else behind an endpoint.
struct FunctionPlace {
  tasks::Handler* handler = nullptr;
  std::string endpoint;
};

/// A built-in function is itself a handler: templates around one, evaluated on the thread that invokes it.
/// Immutable; any thread.
class FunctionTable {
 public:
  /// Functions that check_functions() finds fault with are left out.
  FunctionTable(const ServiceOptions& options, const Handlers& handlers, const Clock& clock);

  /// By bare name.
  std::optional<FunctionPlace> find(std::string_view name) const;

 private:
  Handlers handlers_;
  std::map<std::string, std::string, std::less<>> endpoints_;
  std::string default_endpoint_;
};

/// Template faults of the functions (unknown handler, bad path) and topics without a function: empty if all is well.
/// `pointer` is /<function>/<member>.
asl::Diagnostics check_functions(const ServiceOptions& options, const Handlers& handlers);

}  // namespace stepd::services
