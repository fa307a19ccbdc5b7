// Which intrinsic functions there are: one line each.
#include "engine/asl/errors.h"
#include "engine/asl/intrinsics/intrinsic.h"

#include <algorithm>
#include <array>

namespace stepd::asl {

std::span<const Intrinsic> intrinsics() {
  using namespace intrinsic;
  static constexpr std::array kAll{
      Intrinsic{"Array", 0, kAny, array},
      Intrinsic{"ArrayContains", 2, 2, array_contains},
      Intrinsic{"ArrayGetItem", 2, 2, array_get_item},
      Intrinsic{"ArrayLength", 1, 1, array_length},
      Intrinsic{"ArrayPartition", 2, 2, array_partition},
      Intrinsic{"ArrayRange", 3, 3, array_range},
      Intrinsic{"ArrayUnique", 1, 1, array_unique},
      Intrinsic{"Base64Decode", 1, 1, base64_decode},
      Intrinsic{"Base64Encode", 1, 1, base64_encode},
      Intrinsic{"Format", 1, kAny, format},
      Intrinsic{"Hash", 2, 2, hash},
      Intrinsic{"JsonMerge", 3, 3, json_merge},
      Intrinsic{"JsonToString", 1, 1, json_to_string},
      Intrinsic{"MathAdd", 2, 2, math_add},
      Intrinsic{"MathRandom", 2, 3, math_random},
      Intrinsic{"StringSplit", 2, 2, string_split},
      Intrinsic{"StringToJson", 1, 1, string_to_json},
      Intrinsic{"UUID", 0, 0, uuid},
  };
  return kAll;
}

const Intrinsic* find_intrinsic(std::string_view name) {
  const auto all = intrinsics();
  const auto found = std::find_if(all.begin(), all.end(), [&](const Intrinsic& row) { return row.name == name; });
  return found == all.end() ? nullptr : &*found;
}

AslError intrinsic_failure(std::string cause) { return {std::string(errors::kIntrinsicFailure), std::move(cause)}; }

}  // namespace stepd::asl
