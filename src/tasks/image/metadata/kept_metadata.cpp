#include "tasks/image/metadata/kept_metadata.h"

#include "tasks/image/metadata/iptc.h"
#include "tasks/image/metadata/xmp.h"

#include <libexif/exif-data.h>
#include <vips/vips.h>

#include <algorithm>
#include <cctype>
#include <cstdlib>
#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>

namespace stepd::tasks::image {
namespace {

std::string_view blob_of(const Picture& picture, const char* name) {
  const void* bytes = nullptr;
  std::size_t size = 0;
  if (vips_image_get_typeof(picture.get(), name) == 0 || vips_image_get_blob(picture.get(), name, &bytes, &size) != 0) {
    return {};
  }
  return {static_cast<const char*>(bytes), size};
}

void set_blob(const Picture& picture, const char* name, std::string_view bytes) {
  if (!bytes.empty()) vips_image_set_blob_copy(picture.get(), name, bytes.data(), bytes.size());
}

void for_each_field(const Picture& picture, const std::function<void(const char*)>& visit) {
  const std::unique_ptr<gchar*, decltype(&g_strfreev)> fields(vips_image_get_fields(picture.get()), g_strfreev);
  for (gchar** field = fields.get(); *field != nullptr; ++field) visit(*field);
}

/// What a packet that is no XMP to its end may still say.
bool mentions_a_place(std::string_view xmp) {
  std::string lower(xmp);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  const auto has = [&](const char* word) { return lower.find(word) != std::string::npos; };
  return has("gps") || has("location") || has("latitude") || has("city") || has("country") || has("state");
}

bool xmp_has_place(std::string_view packet) {
  std::string unread;
  const auto whole = read_xmp(packet, true, unread);
  if (!unread.empty()) return mentions_a_place(packet);
  return whole != read_xmp(packet, false, unread);
}

bool iptc_has_place(std::string_view block) { return read_iptc(block, true) != read_iptc(block, false); }

bool is_kept(ExifIfd block, ExifTag tag, const Kept& kept) {
  if (block == EXIF_IFD_GPS) return kept.gps;
  if (kept.copyright && block == EXIF_IFD_0 && (tag == EXIF_TAG_COPYRIGHT || tag == EXIF_TAG_ARTIST)) return true;
  if (!kept.exif || block == EXIF_IFD_1) return false;
  return tag != EXIF_TAG_ORIENTATION && tag != EXIF_TAG_MAKER_NOTE && exif_tag_get_name_in_ifd(tag, block) != nullptr;
}

struct ReleaseExif {
  void operator()(ExifData* data) const { exif_data_unref(data); }
};
using Exif = std::unique_ptr<ExifData, ReleaseExif>;

/// Takes out of `exif` what is not kept; the names of the fields, as libvips calls them, of what is.
std::set<std::string> filter(ExifData& exif, const Kept& kept) {
  std::set<std::string> names;
  for (int block = 0; block < EXIF_IFD_COUNT; ++block) {
    ExifContent* content = exif.ifd[block];
    for (unsigned at = content->count; at-- > 0;) {
      ExifEntry* entry = content->entries[at];
      const auto in_block = static_cast<ExifIfd>(block);
      if (!is_kept(in_block, entry->tag, kept)) {
        exif_content_remove_entry(content, entry);
        continue;
      }
      const char* name = exif_tag_get_name_in_ifd(entry->tag, in_block);
      if (name != nullptr) names.insert("exif-ifd" + std::to_string(block) + "-" + name);
    }
  }
  // libexif frees it with its own allocator, which is malloc unless somebody set another.
  std::free(exif.data);  // NOLINT(cppcoreguidelines-no-malloc)
  exif.data = nullptr;
  exif.size = 0;
  return names;
}

/// libvips's savers write of the block only what has a field as well, so both are set.
void keep_exif(const Picture& result, const Picture& source, const Kept& kept) {
  const auto block = blob_of(source, VIPS_META_EXIF_NAME);
  const Exif exif(block.empty() ? nullptr : exif_data_new());
  if (exif == nullptr) return;
  exif_data_unset_option(exif.get(), EXIF_DATA_OPTION_FOLLOW_SPECIFICATION);
  constexpr std::string_view kSignature("Exif\0\0", 6);
  const std::string whole = std::string(block.starts_with(kSignature) ? "" : kSignature).append(block);
  exif_data_load_data(exif.get(), reinterpret_cast<const unsigned char*>(whole.data()),
                      static_cast<unsigned>(whole.size()));
  const auto names = filter(*exif, kept);
  if (names.empty()) return;
  unsigned char* saved = nullptr;
  unsigned size = 0;
  exif_data_save_data(exif.get(), &saved, &size);
  const std::unique_ptr<unsigned char, decltype(&std::free)> owned(saved, std::free);
  set_blob(result, VIPS_META_EXIF_NAME, {reinterpret_cast<const char*>(saved), size});
  for_each_field(source, [&](const char* field) {
    const char* text = nullptr;
    if (names.count(field) != 0 && vips_image_get_string(source.get(), field, &text) == 0)
      vips_image_set_string(result.get(), field, text);
  });
}

}  // namespace

bool keep_metadata(Picture& result, const Picture& source, const Kept& kept) {
  // A copy, for the fields of a picture that others share must not change; and field by field, because the savers' own
  // stripping is not enough: that of libvips 8.14 for WebP leaves EXIF in, and with it where a photo was taken.
  if (!apply(result, [](VipsImage* in, VipsImage** out) { return vips_copy(in, out, nullptr); })) return false;
  const std::string profile(kept.icc ? blob_of(result, VIPS_META_ICC_NAME) : std::string_view());
  for_each_field(result, [&](const char* field) { vips_image_remove(result.get(), field); });
  set_blob(result, VIPS_META_ICC_NAME, profile);
  if (kept.exif || kept.gps || kept.copyright) keep_exif(result, source, kept);
  const auto xmp = blob_of(source, VIPS_META_XMP_NAME);
  if (kept.xmp && (kept.gps || !xmp_has_place(xmp))) set_blob(result, VIPS_META_XMP_NAME, xmp);
  const auto iptc = blob_of(source, VIPS_META_IPTC_NAME);
  if (kept.iptc && (kept.gps || !iptc_has_place(iptc))) set_blob(result, VIPS_META_IPTC_NAME, iptc);
  return true;
}

}  // namespace stepd::tasks::image
