// AWS Step Functions: all operations of its API.
#include "api/protocol/aws_service.h"
#include "base/limits.h"

#include <array>

namespace stepd::api {

extern const Operation create_activity, create_state_machine, create_state_machine_alias, delete_activity,
    delete_state_machine, delete_state_machine_alias, delete_state_machine_version, describe_activity,
    describe_execution, describe_map_run, describe_state_machine, describe_state_machine_alias,
    describe_state_machine_for_execution, get_activity_task, get_execution_history, list_activities, list_executions,
    list_map_runs, list_state_machine_aliases, list_state_machine_versions, list_state_machines, list_tags_for_resource,
    publish_state_machine_version, redrive_execution, send_task_failure, send_task_heartbeat, send_task_success,
    start_execution, start_sync_execution, stop_execution, tag_resource, test_state, untag_resource, update_map_run,
    update_state_machine, update_state_machine_alias, validate_state_machine_definition;

namespace {

constexpr std::array kOperations = {
    &create_activity,                       //
    &create_state_machine,                  //
    &create_state_machine_alias,            //
    &delete_activity,                       //
    &delete_state_machine,                  //
    &delete_state_machine_alias,            //
    &delete_state_machine_version,          //
    &describe_activity,                     //
    &describe_execution,                    //
    &describe_map_run,                      //
    &describe_state_machine,                //
    &describe_state_machine_alias,          //
    &describe_state_machine_for_execution,  //
    &get_activity_task,                     //
    &get_execution_history,                 //
    &list_activities,                       //
    &list_executions,                       //
    &list_map_runs,                         //
    &list_state_machine_aliases,            //
    &list_state_machine_versions,           //
    &list_state_machines,                   //
    &list_tags_for_resource,                //
    &publish_state_machine_version,         //
    &send_task_failure,                     //
    &send_task_heartbeat,                   //
    &send_task_success,                     //
    &redrive_execution,                     //
    &start_execution,                       //
    &start_sync_execution,                  //
    &stop_execution,                        //
    &tag_resource,                          //
    &test_state,                            //
    &untag_resource,                        //
    &update_map_run,                        //
    &update_state_machine,                  //
    &update_state_machine_alias,            //
    &validate_state_machine_definition,     //
};

}  // namespace

const AwsService states_service{
    .name = ServiceName::States,
    .title = "AWS Step Functions",
    .target = "AWSStepFunctions",
    .media_type = "application/x-amz-json-1.0",
    .body_bytes_max = limits::kRequestBytes,
    .operations = kOperations,
    .is_whole = true,
};

}  // namespace stepd::api
