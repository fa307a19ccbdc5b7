// Amazon CloudWatch Logs over the log files (CloudWatch Logs API reference).
#include "api/protocol/aws_service.h"

#include <array>

namespace stepd::api {

extern const Operation logs_create_log_group, logs_create_log_stream, logs_describe_log_groups,
    logs_describe_log_streams, logs_filter_log_events, logs_get_log_events, logs_put_log_events;

namespace {

constexpr std::array kLogsOperations = {
    &logs_create_log_group,      //
    &logs_create_log_stream,     //
    &logs_describe_log_groups,   //
    &logs_describe_log_streams,  //
    &logs_filter_log_events,     //
    &logs_get_log_events,        //
    &logs_put_log_events,        //
};

}  // namespace

// A megabyte of events, whose characters JSON may write as six each.
extern const AwsService logs_service;
const AwsService logs_service{
    .name = ServiceName::Logs,
    .title = "Amazon CloudWatch Logs",
    .target = "Logs_20140328",
    .media_type = "application/x-amz-json-1.1",
    .body_bytes_max = 6'291'456,
    .operations = kLogsOperations,
    .advice = "Where the files are, how large they become and how many are kept is configured under log_groups:.",
};

}  // namespace stepd::api
