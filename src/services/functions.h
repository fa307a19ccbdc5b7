// FunctionTable: finds what a Lambda function name of a definition stands for.
#pragma once

#include "engine/asl/diagnostic.h"
#include "services/function_handler.h"
#include "services/service_options.h"
#include "tasks/handler.h"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace stepd::services {

/// A handler of this process, or a function of one's own code, or else the URL of a Lambda Invoke API.
struct FunctionPlace {
  tasks::Handler* handler = nullptr;
  std::string endpoint;
  bool own_code = false;  ///< functions::Runtime has it
};

/// A function of the configuration is a handler itself, and its templates are evaluated on the thread that invokes it.
/// Immutable; any thread.
class FunctionTable {
 public:
  /// Functions in which check_functions() finds a fault are left out.
  FunctionTable(const ServiceOptions& options, const Handlers& handlers, const Clock& clock);

  /// `name` is the bare name of a function.
  std::optional<FunctionPlace> find(std::string_view name) const;

 private:
  Handlers handlers_;
  std::map<std::string, std::string, std::less<>> endpoints_;
  std::set<std::string, std::less<>> own_code_;
  std::string default_endpoint_;
};

/// Faults of the functions (an unknown handler, a malformed path) and topics whose function does not exist. Pointers
/// have the form /<function>/<member>.
asl::Diagnostics check_functions(const ServiceOptions& options, const Handlers& handlers);

}  // namespace stepd::services
