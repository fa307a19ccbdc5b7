#include "dynamodb/cancellation.h"

#include "base/payload.h"
#include "dynamodb/typed_value.h"

#include <nlohmann/json.hpp>

namespace stepd::dynamodb {

Failure cancelled(const std::vector<CancellationReason>& reasons) {
  std::string codes;
  Json list = Json::array();
  for (const auto& reason : reasons) {
    codes += (codes.empty() ? "" : ", ") + reason.code;
    Json shown{{"Code", reason.code}};
    if (!reason.message.empty()) shown["Message"] = reason.message;
    if (reason.item) shown["Item"] = to_typed(*reason.item);
    list.push_back(std::move(shown));
  }
  Failure failure("TransactionCanceledException",
                  "Transaction cancelled, please refer cancellation reasons for specific reasons [" + codes + "]");
  failure.members = print_json(Json{{"CancellationReasons", std::move(list)}});
  return failure;
}

}  // namespace stepd::dynamodb
