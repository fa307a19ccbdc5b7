// What the S3 integrations share: how AWS's SDK names S3's errors, and how it shows objects.
#pragma once

#include "services/integrations/handler_call.h"

#include <initializer_list>

namespace stepd::services::s3 {

void call_object_handler(const Workbench& bench, run::TaskCall call, integrations::Translate translate);

/// Bucket and Key, required, as members of a handler's event.
Json place_of(tasks::Arguments& parameters);
/// ContentType, Metadata and, for a put, IfNoneMatch as members of a handler's event.
void read_headers(tasks::Arguments& parameters, Json& event);
/// Parameters that change nothing here.
void ignore(tasks::Arguments& parameters, std::initializer_list<const char*> names);

/// `"..."`, as HTTP carries it.
std::string quoted_etag(const Json& description);
/// The second in which an object was changed: S3 gives no fractions.
std::string last_modified(const Json& description);
/// HeadObject's answer, from what object.head and object.get say.
Json head_of(const Json& description);

}  // namespace stepd::services::s3
