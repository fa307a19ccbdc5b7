// The XML documents of S3's requests, and queries: whatever comes is read within the reader's bounds or refused.
#include "api/s3/wire_call.h"
#include "api/s3/xml_reader.h"
#include "fuzz_scope.h"

using namespace stepd;

namespace {

constexpr std::size_t kLevels = 16;  // as the reader promises

std::size_t count(const api::s3::XmlElement& element, std::size_t level) {
  if (level > kLevels) __builtin_trap();
  std::size_t elements = 1;
  for (const auto& child : element.children) {
    if (element.child(child.name) == nullptr) __builtin_trap();
    elements += count(child, level + 1);
  }
  return elements;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto [query, document] = fuzz::cut(bytes, size);
  for (const auto& text : {query, document}) {
    if (const auto root = api::s3::read_xml(text); root && count(*root, 1) > text.size()) __builtin_trap();
  }
  static_cast<void>(api::s3::read_query(query));
  return 0;
}
