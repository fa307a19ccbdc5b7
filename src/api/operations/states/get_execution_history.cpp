// GetExecutionHistory (AWS API reference): the engine renders the events, the pages are cut here.
#include "api/operations/operation.h"
#include "api/protocol/arn_parser.h"
#include "api/protocol/members.h"
#include "api/protocol/page_token.h"
#include "api/protocol/shapes.h"

#include <charconv>
#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

struct Read {
  run::HistoryQuery query;
  std::string scope;
};

Checked<Read> read(const Json& arguments, Instant now) {
  Members members(arguments);
  Read result;
  auto& query = result.query;
  query.execution_arn = members.required_string("executionArn", rules::kArn);
  query.limit = read_page_size(members);
  query.reverse = members.boolean("reverseOrder").value_or(false);
  query.include_data = members.boolean("includeExecutionData").value_or(true);
  const auto token = members.string("nextToken", rules::kPageToken);
  if (auto fault = members.fault()) return std::move(*fault);
  if (const auto parsed = standard_execution_arn(query.execution_arn); !parsed.has_value()) return parsed.error();

  result.scope = "GetExecutionHistory " + query.execution_arn + (query.reverse ? " reverse" : " forward") +
                 (query.include_data ? " all" : " metadata");
  if (!token) return result;
  const auto cursor = read_page_token(*token, result.scope, now);
  if (!cursor.has_value()) return cursor.error();
  const auto end = cursor->data() + cursor->size();
  if (std::from_chars(cursor->data(), end, query.from).ptr != end) return invalid_token();
  return result;
}

Checked<Json> answer(const Json& arguments, const Backend& backend) {
  const auto asked = read(arguments, backend.clock.now());
  if (!asked.has_value()) return asked.error();
  auto page = backend.gateway.history(asked->query);
  if (!page.has_value()) return to_api_error(page.error());
  Json events = Json::array();
  for (Json& event : page->events) events.push_back(std::move(event));
  Json answer{{"events", std::move(events)}};
  if (page->next_from != 0) {
    answer["nextToken"] = make_page_token(asked->scope, std::to_string(page->next_from), backend.clock.now());
  }
  return answer;
}

}  // namespace

extern const Operation get_execution_history;
const Operation get_execution_history{
    "GetExecutionHistory",
    [](const Json& arguments, const Backend& backend, Answered answered) { answered(answer(arguments, backend)); }};

}  // namespace stepd::api
