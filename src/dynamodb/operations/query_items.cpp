// Query. Source: DynamoDB API reference.
#include "dynamodb/expressions/expression_reader.h"
#include "dynamodb/expressions/key_condition.h"
#include "dynamodb/legacy.h"
#include "dynamodb/page_read.h"

#include <nlohmann/json.hpp>

namespace stepd::dynamodb {
namespace {

/// A filter is for what the keys of the queried table or index do not say.
Result<void> check_filter(const PageParameters& parameters, const PageSource& source) {
  if (!parameters.filter) return {};
  std::vector<std::string> names;
  collect_names(*parameters.filter, names);
  for (const auto& name : names) {
    if (name == source.key().name || (source.sort() && name == source.sort()->name)) {
      return validation_error("Filter Expression can only contain non-primary key attributes: Primary key attribute: " +
                              name);
    }
  }
  return {};
}

Answer query_items(const Json& arguments, const Desk& desk) {
  Request request(arguments, Wording::New);
  PageParameters parameters(request, PageKind::Query);
  const auto expression = request.text("KeyConditionExpression");
  const bool is_forward = request.boolean("ScanIndexForward").value_or(true);
  STEPD_CHECK(request.check());
  STEPD_TRY(Placeholders placeholders, parameters.read_placeholders());
  if (!expression && !request.has("KeyConditions")) {
    return validation_error(
        "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.");
  }
  STEPD_CHECK(parameters.read(placeholders));
  STEPD_TRY(auto clauses, read_key_conditions(request));
  if (expression) {
    STEPD_TRY(clauses, parse_key_condition(*expression, placeholders));
  }
  STEPD_CHECK(check_all_used(placeholders));

  STEPD_TRY(const PageSource source, find_source(parameters, desk));
  ItemQuery query;
  query.backward = !is_forward;
  STEPD_CHECK(apply_key_clauses(*clauses, source.key(), source.sort(), query));
  STEPD_CHECK(check_filter(parameters, source));
  return read_page(parameters, source, std::move(query), desk);
}

}  // namespace

extern const Operation query_items_operation;
const Operation query_items_operation{"Query", query_items};

}  // namespace stepd::dynamodb
