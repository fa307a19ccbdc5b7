// The operations that are served.
#include "api/operations/operation.h"

#include <array>

namespace stepd::api {

extern const Operation create_state_machine, delete_state_machine, describe_execution, describe_state_machine,
    describe_state_machine_for_execution, get_execution_history, list_executions, list_state_machines, start_execution,
    stop_execution, test_state, update_state_machine, validate_state_machine_definition;

std::span<const Operation* const> operations() {
  static constexpr std::array kOperations = {
      &create_state_machine,    //
      &delete_state_machine,    //
      &describe_execution,      //
      &describe_state_machine,  //
      &describe_state_machine_for_execution,
      &get_execution_history,  //
      &list_executions,        //
      &list_state_machines,    //
      &start_execution,        //
      &stop_execution,         //
      &test_state,             //
      &update_state_machine,   //
      &validate_state_machine_definition,
  };
  return kOperations;
}

}  // namespace stepd::api
