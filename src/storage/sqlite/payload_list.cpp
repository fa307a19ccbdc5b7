#include "storage/sqlite/payload_list.h"

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
    auto rest = id - last;
    for (; rest >= 0x80; rest >>= 7U) list += static_cast<char>(0x80U | (rest & 0x7fU));
    list += static_cast<char>(rest);
    last = id;
  }
  return list;
}

std::vector<PayloadId> payloads_of(std::string_view list) {
  std::vector<PayloadId> ids;
  std::uint64_t id = 0;
  std::uint64_t difference = 0;
  unsigned shift = 0;
  for (const char c : list) {
    if (shift > 63) break;
    const auto byte = static_cast<unsigned char>(c);
    difference |= std::uint64_t{byte & 0x7fU} << shift;
    shift += 7;
    if ((byte & 0x80U) != 0) continue;
    id += difference;
    ids.push_back(PayloadId{static_cast<std::int64_t>(id)});
    difference = 0;
    shift = 0;
  }
  return ids;
}

}  // namespace stepd::storage::sqlite
