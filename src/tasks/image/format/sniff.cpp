#include "tasks/image/format/sniff.h"

#include "tasks/image/format/file_numbers.h"
#include "tasks/image/format/sniff_markup.h"

#include <algorithm>
#include <cctype>
#include <cstdint>

namespace stepd::tasks::image {
namespace {

using namespace std::string_view_literals;

constexpr FileType kTypes[] = {
    {"jpeg", "image/jpeg", "jpg", "a JPEG picture", {"jpeg", "jpe", "jfif"}},
    {"png", "image/png", "png", "a PNG picture", {"apng"}},
    {"gif", "image/gif", "gif", "a GIF picture", {}},
    {"webp", "image/webp", "webp", "a WebP picture", {}},
    {"tiff", "image/tiff", "tif", "a TIFF picture", {"tiff"}},
    {"avif", "image/avif", "avif", "an AVIF picture", {"avifs"}},
    {"heic", "image/heic", "heic", "a HEIC picture", {"heif", "hif", "heics"}},
    {"heif", "image/heif", "heif", "a HEIF picture", {"heic", "hif", "heifs"}},
    {"bmp", "image/bmp", "bmp", "a BMP picture", {"dib"}},
    {"svg", "image/svg+xml", "svg", "an SVG drawing", {}},
    {"pdf", "application/pdf", "pdf", "a PDF document", {}},
    {"ico", "image/vnd.microsoft.icon", "ico", "an icon file", {}},
    {"jxl", "image/jxl", "jxl", "a JPEG XL picture", {}},
    {"jp2", "image/jp2", "jp2", "a JPEG 2000 picture", {"j2k", "jpx", "jpf", "j2c"}},
    {"qoi", "image/qoi", "qoi", "a QOI picture", {}},
    {"psd", "image/vnd.adobe.photoshop", "psd", "a Photoshop document", {"psb"}},
};

template <std::size_t N>
bool among(std::string_view brand, const std::array<std::string_view, N>& brands) {
  return std::find(brands.begin(), brands.end(), brand) != brands.end();
}

/// ISO/IEC 14496-12 §4.3 (ftyp), 23008-12 (HEIF) and the AVIF specification's brands.
std::string_view heif_family(std::string_view bytes) {
  constexpr std::array kAvif{"avif"sv, "avis"sv};
  constexpr std::array kHeic{"heic"sv, "heix"sv, "hevc"sv, "hevx"sv, "heim"sv, "heis"sv, "hevm"sv, "hevs"sv};
  constexpr std::array kHeif{"mif1"sv, "msf1"sv, "mif2"sv};
  if (bytes.substr(4, 4) != "ftyp") return {};
  const std::size_t box = big32(bytes, 0);
  if (box < 16 || box > 4'096) return {};
  const auto major = bytes.substr(8, 4);
  if (among(major, kAvif)) return "avif";
  if (among(major, kHeic)) return "heic";
  if (!among(major, kHeif)) return {};
  std::string_view found = "heif";
  for (std::size_t at = 16; at + 4 <= std::min(box, bytes.size()); at += 4) {
    if (among(bytes.substr(at, 4), kAvif)) return "avif";
    if (among(bytes.substr(at, 4), kHeic)) found = "heic";
  }
  return found;
}

/// "BM" also begins words, so the size of the second header must be one that exists.
bool is_bmp(std::string_view bytes) {
  constexpr std::array<std::uint32_t, 8> kHeaderSizes{12, 16, 40, 52, 56, 64, 108, 124};
  return bytes.starts_with("BM") && bytes.size() >= 18 &&
         std::find(kHeaderSizes.begin(), kHeaderSizes.end(), little32(bytes, 14)) != kHeaderSizes.end();
}

bool is_ico(std::string_view bytes) {
  return bytes.starts_with("\0\0\1\0"sv) && bytes.size() >= 22 && (byte_at(bytes, 4) | byte_at(bytes, 5)) != 0 &&
         byte_at(bytes, 9) == 0 && little32(bytes, 18) >= 22;
}

bool is_qoi(std::string_view bytes) {
  const auto channels = byte_at(bytes, 12);
  return bytes.starts_with("qoif") && (channels == 3 || channels == 4) && byte_at(bytes, 13) <= 1;
}

bool is_tiff(std::string_view bytes) {
  return bytes.starts_with("II*\0"sv) || bytes.starts_with("MM\0*"sv) || bytes.starts_with("II+\0"sv) ||
         bytes.starts_with("MM\0+"sv);
}

bool is_jxl(std::string_view bytes) {
  return bytes.starts_with("\xFF\x0A") || bytes.starts_with("\0\0\0\x0CJXL \r\n\x87\n"sv);
}

bool is_jp2(std::string_view bytes) {
  return bytes.starts_with("\0\0\0\x0CjP  \r\n\x87\n"sv) || bytes.starts_with("\xFF\x4F\xFF\x51");
}

/// Adobe Photoshop file format: version 1, or 2 for large documents.
bool is_psd(std::string_view bytes) { return bytes.starts_with("8BPS\0\1"sv) || bytes.starts_with("8BPS\0\2"sv); }

std::string_view name_of(std::string_view bytes) {
  if (bytes.starts_with("\xFF\xD8\xFF")) return "jpeg";
  if (bytes.starts_with("\x89PNG\r\n\x1A\n")) return "png";
  if (bytes.starts_with("GIF87a") || bytes.starts_with("GIF89a")) return "gif";
  if (bytes.starts_with("RIFF") && bytes.size() >= 12 && bytes.substr(8, 4) == "WEBP") return "webp";
  if (is_tiff(bytes)) return "tiff";
  if (bytes.size() >= 16) {
    if (const auto name = heif_family(bytes); !name.empty()) return name;
  }
  if (is_bmp(bytes)) return "bmp";
  if (is_ico(bytes)) return "ico";
  if (is_jxl(bytes)) return "jxl";
  if (is_jp2(bytes)) return "jp2";
  if (is_qoi(bytes)) return "qoi";
  if (is_psd(bytes)) return "psd";
  return sniff_markup(bytes);
}

bool equals_ignoring_case(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

bool looks_like_text(std::string_view bytes) {
  return std::none_of(bytes.begin(), bytes.end(), [](unsigned char c) { return c < 0x20 && !std::isspace(c); });
}

}  // namespace

const FileType* type_named(std::string_view name) {
  const auto* found =
      std::find_if(std::begin(kTypes), std::end(kTypes), [&](const auto& type) { return type.name == name; });
  return found == std::end(kTypes) ? nullptr : found;
}

const FileType* sniff(std::string_view prefix) { return type_named(name_of(prefix)); }

bool is_extension_of(const FileType& type, std::string_view extension) {
  if (extension.empty()) return false;
  return equals_ignoring_case(extension, type.extension) ||
         std::any_of(type.also_named.begin(), type.also_named.end(),
                     [&](std::string_view other) { return equals_ignoring_case(extension, other); });
}

std::string describe_content(std::string_view prefix) {
  if (const FileType* type = sniff(prefix)) return std::string(type->title);
  if (prefix.empty()) return "an empty file";
  return looks_like_text(prefix.substr(0, 4'096)) ? "text" : "data of an unknown type";
}

std::optional<std::string> name_extension(std::string_view key) {
  const auto part = key.substr(key.rfind('/') + 1);
  const auto dot = part.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return std::nullopt;
  return std::string(part.substr(dot + 1));
}

}  // namespace stepd::tasks::image
