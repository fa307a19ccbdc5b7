// ListStateMachineVersions (AWS API reference): newest first, in pages.
#include "api/operations/operation.h"
#include "api/protocol/members.h"
#include "api/protocol/page_token.h"
#include "api/protocol/shapes.h"
#include "api/protocol/version_members.h"
#include "engine/run/arn.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

Checked<Json> answer(const Json& arguments, const Backend& backend) {
  Members members(arguments);
  const auto arn = members.required_string("stateMachineArn", rules::kArn);
  const auto limit = read_page_size(members);
  const auto token = members.string("nextToken", rules::kPageToken);
  if (auto fault = members.fault()) return std::move(*fault);
  const auto machine = read_machine_arn(arn);
  if (!machine.has_value()) return machine.error();
  const auto scope = "ListStateMachineVersions " + arn;
  std::uint32_t before = UINT32_MAX;
  if (token) {
    const auto cursor = read_page_token(*token, scope, backend.clock.now());
    if (!cursor.has_value()) return cursor.error();
    const auto number = run::version_number(*cursor);
    if (!number) return invalid_token();
    before = *number;
  }
  if (!backend.reader.state_machine(arn)) return state_machine_does_not_exist(arn);
  auto records = backend.reader.versions(arn, before, limit + 1);
  const bool more = records.size() > limit;
  if (more) records.resize(limit);
  Json list = Json::array();
  for (const auto& record : records) {
    list.push_back({{"stateMachineVersionArn", run::version_arn(arn, record.number)},
                    {"creationDate", to_epoch_seconds(record.created_at)}});
  }
  Json page{{"stateMachineVersions", std::move(list)}};
  if (more) page["nextToken"] = make_page_token(scope, std::to_string(records.back().number), backend.clock.now());
  return page;
}

}  // namespace

extern const Operation list_state_machine_versions;
const Operation list_state_machine_versions{
    "ListStateMachineVersions",
    [](const Json& arguments, const Backend& backend, Answered answered) { answered(answer(arguments, backend)); }};

}  // namespace stepd::api
