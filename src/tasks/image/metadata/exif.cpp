#include "tasks/image/metadata/exif.h"

#include "tasks/image/metadata/plain_text.h"

#include <libexif/exif-data.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

namespace stepd::tasks::image {
namespace {

constexpr unsigned long kValues = 64;

struct Release {
  void operator()(ExifData* data) const { exif_data_unref(data); }
};

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c >= 0x20 || c == '\n' || c == '\t'; });
}

Json ratio(double numerator, double denominator) {
  if (denominator == 0) return nullptr;
  const double value = numerator / denominator;
  if (std::trunc(value) == value && std::abs(value) < 1e15) return static_cast<std::int64_t>(value);
  return value;
}

Json number_at(const ExifEntry& entry, ExifByteOrder order, const unsigned char* at) {
  switch (entry.format) {
    case EXIF_FORMAT_BYTE:
      return *at;
    case EXIF_FORMAT_SBYTE:
      return static_cast<std::int8_t>(*at);
    case EXIF_FORMAT_SHORT:
      return exif_get_short(at, order);
    case EXIF_FORMAT_SSHORT:
      return exif_get_sshort(at, order);
    case EXIF_FORMAT_LONG:
      return exif_get_long(at, order);
    case EXIF_FORMAT_SLONG:
      return exif_get_slong(at, order);
    case EXIF_FORMAT_RATIONAL: {
      const auto value = exif_get_rational(at, order);
      return ratio(value.numerator, value.denominator);
    }
    case EXIF_FORMAT_SRATIONAL: {
      const auto value = exif_get_srational(at, order);
      return ratio(value.numerator, value.denominator);
    }
    default:
      return nullptr;
  }
}

/// EXIF 2.32 §4.6.5 (UserComment) and §4.6.6 (GPS texts): eight bytes name the character code.
std::optional<Json> read_comment(std::string_view bytes) {
  constexpr std::size_t kCodeBytes = 8;
  if (bytes.size() <= kCodeBytes) return std::nullopt;
  const auto code = bytes.substr(0, kCodeBytes);
  if (!code.starts_with("ASCII") && code != std::string_view("\0\0\0\0\0\0\0\0", kCodeBytes)) return std::nullopt;
  auto text = plain_text(bytes.substr(kCodeBytes));
  if (text.empty()) return std::nullopt;
  return Json(std::move(text));
}

std::optional<Json> read_undefined(const ExifEntry& entry) {
  const std::string_view bytes(reinterpret_cast<const char*>(entry.data), entry.size);
  if (entry.tag == EXIF_TAG_USER_COMMENT || entry.tag == EXIF_TAG_GPS_PROCESSING_METHOD ||
      entry.tag == EXIF_TAG_GPS_AREA_INFORMATION) {
    return read_comment(bytes);
  }
  if (bytes.size() == 1) return entry.data[0];  // FileSource, SceneType: one code
  if (bytes.size() <= kValues && is_printable(bytes)) return Json(plain_text(bytes));  // ExifVersion: four digits
  return std::nullopt;
}

std::optional<Json> read_value(const ExifEntry& entry) {
  if (entry.data == nullptr || entry.size == 0 || entry.tag == EXIF_TAG_MAKER_NOTE) return std::nullopt;
  if (entry.format == EXIF_FORMAT_ASCII) {
    return Json(plain_text({reinterpret_cast<const char*>(entry.data), entry.size}));
  }
  if (entry.format == EXIF_FORMAT_UNDEFINED) return read_undefined(entry);
  const std::size_t width = exif_format_get_size(entry.format);
  if (width == 0 || entry.components == 0 || entry.components > kValues || entry.components * width > entry.size) {
    return std::nullopt;
  }
  const auto order = exif_data_get_byte_order(entry.parent->parent);
  if (entry.components == 1) return number_at(entry, order, entry.data);
  Json values = Json::array();
  for (unsigned long i = 0; i < entry.components; ++i)
    values.push_back(number_at(entry, order, entry.data + i * width));
  return values;
}

/// JPEG begins the block with a signature, WebP and PNG do without, and libexif insists.
std::string with_signature(std::string_view block) {
  constexpr std::string_view kSignature("Exif\0\0", 6);
  std::string whole(block.starts_with(kSignature) ? "" : kSignature);
  return whole.append(block);
}

struct Reading {
  ExifIfd block;
  Json values = Json::object();
};

void read_entry(ExifEntry* entry, void* reading) {
  auto& [block, values] = *static_cast<Reading*>(reading);
  const char* name = exif_tag_get_name_in_ifd(entry->tag, block);
  if (name == nullptr) return;
  if (auto value = read_value(*entry)) values[name] = std::move(*value);
}

Json read_block(ExifData& data, ExifIfd block) {
  Reading reading{block};
  exif_content_foreach_entry(
      data.ifd[block], [](ExifEntry* entry, void* target) { read_entry(entry, target); }, &reading);
  return std::move(reading.values);
}

/// Degrees, minutes and seconds as one number, negative when `reference` is `negative`.
std::optional<double> degrees(const Json& gps, const char* name, const char* reference, std::string_view negative) {
  const auto found = gps.find(name);
  if (found == gps.end() || !found->is_array() || found->size() != 3) return std::nullopt;
  double value = 0;
  double unit = 1;
  for (const auto& part : *found) {
    if (!part.is_number()) return std::nullopt;
    value += part.get<double>() * unit;
    unit /= 60;
  }
  const auto side = gps.find(reference);
  if (side != gps.end() && side->is_string() && side->get_ref<const std::string&>() == negative) value = -value;
  return value;
}

Json with_coordinates(Json gps) {
  const auto latitude = degrees(gps, "GPSLatitude", "GPSLatitudeRef", "S");
  const auto longitude = degrees(gps, "GPSLongitude", "GPSLongitudeRef", "W");
  if (latitude && longitude && std::abs(*latitude) <= 90 && std::abs(*longitude) <= 180) {
    gps["latitude"] = *latitude;
    gps["longitude"] = *longitude;
  }
  const auto altitude = gps.find("GPSAltitude");
  if (altitude != gps.end() && altitude->is_number()) {
    const auto side = gps.find("GPSAltitudeRef");
    const bool below = side != gps.end() && side->is_number_integer() && side->get<std::int64_t>() == 1;
    const double metres = altitude->get<double>();
    gps["altitude"] = below ? -metres : metres;
  }
  return gps;
}

}  // namespace

Json read_exif(std::string_view block) {
  const std::unique_ptr<ExifData, Release> data(exif_data_new());
  Json exif = Json::object();
  if (data == nullptr) return exif;
  // Else libexif adds the tags that the standard demands and the picture lacks.
  exif_data_unset_option(data.get(), EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
  const auto whole = with_signature(block);
  exif_data_load_data(data.get(), reinterpret_cast<const unsigned char*>(whole.data()),
                      static_cast<unsigned>(whole.size()));
  // The thumbnail's block (IFD 1) describes the thumbnail, not the picture.
  for (const auto part : {EXIF_IFD_0, EXIF_IFD_EXIF, EXIF_IFD_INTEROPERABILITY}) {
    exif.update(read_block(*data, part));
  }
  Json gps = read_block(*data, EXIF_IFD_GPS);
  if (!gps.empty()) exif["gps"] = with_coordinates(std::move(gps));
  return exif;
}

}  // namespace stepd::tasks::image
