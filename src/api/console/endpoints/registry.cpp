// The endpoints that are served.
#include "api/console/endpoints/endpoint.h"

#include <array>

namespace stepd::api {

extern const Endpoint console_draft, console_events, console_execution, console_executions, console_frame,
    console_graph, console_health, console_inventory, console_machine, console_machines, console_objects, console_start,
    console_state, console_stream, console_table, console_thumbnail, console_topic;

std::span<const Endpoint* const> endpoints() {
  static constexpr std::array kEndpoints = {
      &console_draft,       //
      &console_events,      //
      &console_execution,   //
      &console_executions,  //
      &console_frame,       //
      &console_graph,       //
      &console_health,      //
      &console_inventory,   //
      &console_machine,     //
      &console_machines,    //
      &console_objects,     //
      &console_start,       //
      &console_state,       //
      &console_stream,      //
      &console_table,       //
      &console_thumbnail,   //
      &console_topic,       //
  };
  return kEndpoints;
}

}  // namespace stepd::api
