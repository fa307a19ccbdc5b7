// ListStateMachines (AWS API reference): by ARN, in pages.
#include "api/operations/operation.h"
#include "api/protocol/members.h"
#include "api/protocol/page_token.h"
#include "api/protocol/shapes.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

constexpr const char* kScope = "ListStateMachines";

Checked<Json> answer(const Json& arguments, const Backend& backend) {
  Members members(arguments);
  const auto limit = read_page_size(members);
  const auto token = members.string("nextToken", rules::kPageToken);
  if (auto fault = members.fault()) return std::move(*fault);
  std::string after;
  if (token) {
    auto cursor = read_page_token(*token, kScope, backend.clock.now());
    if (!cursor.has_value()) return cursor.error();
    after = std::move(*cursor);
  }
  auto records = backend.reader.state_machines(after, limit + 1);
  const bool more = records.size() > limit;
  if (more) records.resize(limit);
  Json list = Json::array();
  for (const auto& record : records) {
    list.push_back({{"stateMachineArn", record.arn},
                    {"name", record.name},
                    {"type", type_name(record.type)},
                    {"creationDate", to_epoch_seconds(record.created_at)}});
  }
  Json page{{"stateMachines", std::move(list)}};
  if (more) page["nextToken"] = make_page_token(kScope, records.back().arn, backend.clock.now());
  return page;
}

}  // namespace

extern const Operation list_state_machines;
const Operation list_state_machines{
    "ListStateMachines",
    [](const Json& arguments, const Backend& backend, Answered answered) { answered(answer(arguments, backend)); }};

}  // namespace stepd::api
