#include "storage/stored_text.h"

#include "base/packed_text.h"

namespace stepd::storage {

std::string text_of_payload(PayloadId id, const std::string* packed) {
  const auto named = [&] { return "payload " + std::to_string(static_cast<std::int64_t>(id)); };
  if (packed == nullptr) throw StoreError(named() + " is not there");
  auto text = unpack_text(*packed, kPayloadTextBytes);
  if (!text) throw StoreError(named() + " is damaged");
  return *std::move(text);
}

std::string_view cut_cause(std::string_view cause) {
  if (cause.size() <= kQuarantineCauseBytes) return cause;
  std::size_t size = kQuarantineCauseBytes;
  // A character has at most three bytes after its first.
  for (int steps = 0; steps < 3 && (static_cast<unsigned char>(cause[size]) & 0xC0U) == 0x80U; ++steps) --size;
  return cause.substr(0, size);
}

}  // namespace stepd::storage
