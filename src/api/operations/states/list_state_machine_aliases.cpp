// ListStateMachineAliases (AWS API reference): by name, in pages; of a version, those that route to it.
#include "api/operations/operation.h"
#include "api/protocol/arn_parser.h"
#include "api/protocol/members.h"
#include "api/protocol/page_token.h"
#include "api/protocol/shapes.h"
#include "api/protocol/version_members.h"
#include "base/limits.h"
#include "engine/run/arn.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

/// Of a state machine that has no more aliases than fit into memory, by far.
std::vector<storage::AliasRecord> find(const Backend& backend, const std::string& arn, const std::string& after) {
  const auto name = run::split_qualifier(arn);
  auto records = backend.reader.aliases(name.machine, after, limits::kAliases);
  if (name.qualifier.empty()) return records;
  const auto version = run::version_number(name.qualifier);
  std::erase_if(records, [&](const auto& record) {
    return std::none_of(record.routes.begin(), record.routes.end(),
                        [&](const auto& route) { return route.version == version; });
  });
  return records;
}

Checked<Json> answer(const Json& arguments, const Backend& backend) {
  Members members(arguments);
  const auto arn = members.required_string("stateMachineArn", rules::kArn);
  const auto limit = read_page_size(members);
  const auto token = members.string("nextToken", rules::kPageToken);
  if (auto fault = members.fault()) return std::move(*fault);
  if (const auto parsed = state_machine_arn(arn); !parsed.has_value()) return parsed.error();
  const auto scope = "ListStateMachineAliases " + arn;
  std::string after;
  if (token) {
    auto cursor = read_page_token(*token, scope, backend.clock.now());
    if (!cursor.has_value()) return cursor.error();
    after = std::move(*cursor);
  }
  if (!backend.reader.state_machine(unqualified(arn))) return state_machine_does_not_exist(arn);
  auto records = find(backend, arn, after);
  const bool more = records.size() > limit;
  if (more) records.resize(limit);
  Json list = Json::array();
  for (const auto& record : records) {
    list.push_back({{"stateMachineAliasArn", run::alias_arn(record.machine_arn, record.name)},
                    {"creationDate", to_epoch_seconds(record.created_at)}});
  }
  Json page{{"stateMachineAliases", std::move(list)}};
  if (more) page["nextToken"] = make_page_token(scope, records.back().name, backend.clock.now());
  return page;
}

}  // namespace

extern const Operation list_state_machine_aliases;
const Operation list_state_machine_aliases{
    "ListStateMachineAliases",
    [](const Json& arguments, const Backend& backend, Answered answered) { answered(answer(arguments, backend)); }};

}  // namespace stepd::api
