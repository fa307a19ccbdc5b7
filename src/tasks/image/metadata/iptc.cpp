#include "tasks/image/metadata/iptc.h"

#include "tasks/image/metadata/place.h"
#include "tasks/image/metadata/plain_text.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

namespace stepd::tasks::image {
namespace {

constexpr std::size_t kRepetitions = 100;

struct DataSet {
  std::size_t number;
  const char* name;
  bool repeats;
};

// IPTC-NAA Information Interchange Model 4.2, §6 (record 2), under the names of the IPTC Photo Metadata Standard.
constexpr std::array<DataSet, 34> kDataSets{{
    {5, "Title", false},
    {7, "EditStatus", false},
    {10, "Urgency", false},
    {12, "SubjectCodes", true},
    {15, "Category", false},
    {20, "SupplementalCategories", true},
    {22, "FixtureIdentifier", false},
    {25, "Keywords", true},
    {26, "LocationCodes", true},
    {27, "LocationNames", true},
    {30, "ReleaseDate", false},
    {35, "ReleaseTime", false},
    {40, "Instructions", false},
    {55, "DateCreated", false},
    {60, "TimeCreated", false},
    {62, "DigitalDateCreated", false},
    {63, "DigitalTimeCreated", false},
    {65, "OriginatingProgram", false},
    {70, "ProgramVersion", false},
    {80, "Creators", true},
    {85, "CreatorJobTitles", true},
    {90, "City", false},
    {92, "Sublocation", false},
    {95, "ProvinceState", false},
    {100, "CountryCode", false},
    {101, "Country", false},
    {103, "JobId", false},
    {105, "Headline", false},
    {110, "CreditLine", false},
    {115, "Source", false},
    {116, "CopyrightNotice", false},
    {118, "Contacts", true},
    {120, "Description", false},
    {122, "DescriptionWriters", true},
}};

const DataSet* find_data_set(std::size_t number) {
  const auto found =
      std::find_if(kDataSets.begin(), kDataSets.end(), [&](const DataSet& each) { return each.number == number; });
  return found == kDataSets.end() ? nullptr : &*found;
}

/// Big-endian; the caller has seen that the bytes are there.
std::size_t number_at(std::string_view bytes, std::size_t at, std::size_t width) {
  std::size_t value = 0;
  for (std::size_t i = 0; i < width; ++i) value = value << 8 | static_cast<unsigned char>(bytes[at + i]);
  return value;
}

/// Adobe Photoshop file format, image resource blocks: the one numbered 0x0404 is IPTC's.
std::string_view find_resource(std::string_view resources) {
  constexpr std::size_t kIptc = 0x0404;
  while (resources.size() >= 12 && resources.starts_with("8BIM")) {
    const auto id = number_at(resources, 4, 2);
    // The name is counted with its length byte and padded to an even size, as is the content.
    const auto name = (number_at(resources, 6, 1) + 2) / 2 * 2;
    if (resources.size() < 6 + name + 4) break;
    const auto size = number_at(resources, 6 + name, 4);
    const auto content = resources.substr(6 + name + 4);
    if (id == kIptc) return content.substr(0, size);
    const auto padded = size + size % 2;
    if (padded > content.size()) break;
    resources = content.substr(padded);
  }
  return {};
}

void add(Json& values, const DataSet& set, std::string_view content) {
  auto text = plain_text_of_any(content);
  if (text.empty()) return;
  if (!set.repeats) {
    values.emplace(set.name, std::move(text));
    return;
  }
  Json& list = values[set.name];
  if (list.size() < kRepetitions) list.push_back(std::move(text));
}

}  // namespace

Json read_iptc(std::string_view block, bool place) {
  constexpr std::string_view kPhotoshop("Photoshop 3.0\0", 14);
  if (block.starts_with(kPhotoshop)) block.remove_prefix(kPhotoshop.size());
  if (block.starts_with("8BIM")) block = find_resource(block);
  Json values = Json::object();
  // IIM 4.2 §1.5 (a): marker, record, data set, two bytes of length. Lengths beyond 32,767 are written in another way
  // that no text of record 2 needs.
  constexpr std::size_t kHead = 5;
  while (block.size() >= kHead && block.front() == 0x1C) {
    const auto size = number_at(block, 3, 2);
    if (size > block.size() - kHead || size > 32'767) break;
    const auto* set = number_at(block, 1, 1) == 2 ? find_data_set(number_at(block, 2, 1)) : nullptr;
    if (set != nullptr && (place || !names_place(set->name))) add(values, *set, block.substr(kHead, size));
    block.remove_prefix(kHead + size);
  }
  return values;
}

}  // namespace stepd::tasks::image
