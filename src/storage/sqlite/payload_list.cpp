#include "storage/sqlite/payload_list.h"

#include "storage/sqlite/short_numbers.h"

#include <algorithm>
#include <cstdint>

namespace stepd::storage::sqlite {

std::string list_payloads(const std::vector<PayloadRecord>& payloads) {
  std::vector<std::uint64_t> ids;
  for (const auto& payload : payloads) ids.push_back(static_cast<std::uint64_t>(payload.id));
  std::sort(ids.begin(), ids.end());
  std::string list;
  std::uint64_t last = 0;
  for (const auto id : ids) {
    add_short_number(list, id - last);
    last = id;
  }
  return list;
}

std::vector<PayloadId> payloads_of(std::string_view list) {
  std::vector<PayloadId> ids;
  std::uint64_t id = 0;
  while (const auto difference = take_short_number(list)) {
    id += *difference;
    ids.push_back(PayloadId{static_cast<std::int64_t>(id)});
  }
  return ids;
}

}  // namespace stepd::storage::sqlite
