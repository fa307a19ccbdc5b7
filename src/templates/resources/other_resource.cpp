// Resources that are a name, a value or a nested template, and those that are only noted.
#include "templates/resources/resources.h"

namespace stepd::templates {

void add_stored_parameter(Part& part) {
  const Node& properties = part.properties();
  part.project().parameters.push_back(
      {part.origin(), part.name(), part.text(properties, "Value"), part.text(properties, "Type", "String")});
}

void add_secret(Part& part) { part.project().secrets.push_back({part.origin(), part.name(), "", ""}); }

void add_queue(Part& part) { part.unserved("queues"); }

void add_event_bus(Part& part) { part.unserved("event buses beside the default one"); }

void add_nested(Part& part) {
  if (part.stack().location_of(part.resource())) {
    part.stack().nested(part.resource());
    return;
  }
  const Node& properties = part.properties();
  const Node* location = part.map(properties, "Location");
  const auto application = location == nullptr ? "" : part.text(*location, "ApplicationId");
  part.unserved(application.empty() ? "its template is not a local file"
                                    : "an application of the Serverless Application Repository: " + application);
}

void add_nothing(Part&) {}

void add_aside(Part& part) { part.set_aside(part.resource().type); }

}  // namespace stepd::templates
