#include "engine/run/history_pages.h"

#include "base/limits.h"
#include "engine/core/history.h"
#include "engine/run/journal.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

namespace stepd::run {
namespace {

constexpr std::size_t kRowsAtOnce = 64;

/// Of an event's texts. History events are two levels deep.
std::size_t text_bytes(const Json& value) {
  if (value.is_string()) return value.get_ref<const std::string&>().size();
  std::size_t bytes = 0;
  if (value.is_structured()) {
    for (const auto& member : value) bytes += text_bytes(member);
  }
  return bytes;
}

}  // namespace

HistoryPage read_history(const storage::Reader& reader, storage::ExecutionId id, const HistoryQuery& query) {
  const auto data = query.include_data ? core::Payloads::Included : core::Payloads::Left_out;
  HistoryPage page;
  ExecutionPayloads payloads(reader, id);
  std::size_t bytes = 0;
  auto from = query.from != 0 ? query.from : (query.reverse ? UINT32_MAX : 1);
  while (from != 0) {
    const auto rows = reader.events(id, from, std::min(query.limit + 1, kRowsAtOnce), query.reverse);
    for (const auto& row : rows) {
      const auto event = core::decode_event(row.data, payloads);
      if (event.history_id == 0) continue;
      if (page.events.size() == query.limit || bytes >= limits::kHistoryPageBytes) {
        page.next_from = row.number;
        return page;
      }
      bytes += text_bytes(page.events.emplace_back(core::history_of(event, data)));
    }
    if (rows.size() < std::min(query.limit + 1, kRowsAtOnce)) break;
    from = query.reverse ? rows.back().number - 1 : rows.back().number + 1;
  }
  return page;
}

}  // namespace stepd::run
