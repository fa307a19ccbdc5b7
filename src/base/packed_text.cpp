#include "base/packed_text.h"

#include <zstd.h>

#include <memory>

namespace stepd {
namespace {

enum class TextForm : char { Plain = 0, Zstd = 1 };

struct FreeZstd {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }
  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

/// Null if there is no memory for one.
ZSTD_CCtx* compressor() {
  thread_local const std::unique_ptr<ZSTD_CCtx, FreeZstd> context = [] {
    std::unique_ptr<ZSTD_CCtx, FreeZstd> made(ZSTD_createCCtx());
    if (made) ZSTD_CCtx_setParameter(made.get(), ZSTD_c_checksumFlag, 1);
    return made;
  }();
  return context.get();
}

ZSTD_DCtx* decompressor() {
  thread_local const std::unique_ptr<ZSTD_DCtx, FreeZstd> context(ZSTD_createDCtx());
  return context.get();
}

/// Empty where the frame would be no smaller than the text.
std::string compress(std::string_view text) {
  ZSTD_CCtx* context = compressor();
  if (context == nullptr) return {};
  // Of a short text most of the time would go into larger tables: a third of it for a tenth more bytes.
  const int level = text.size() < kPackedFromBytes ? -3 : 1;
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level);
  // zstd gives up where the frame does not fit: that is when it would save nothing.
  const std::size_t room = text.size() - 1;
  const auto buffer = std::make_unique_for_overwrite<char[]>(room);
  const std::size_t size = ZSTD_compress2(context, buffer.get(), room, text.data(), text.size());
  return ZSTD_isError(size) != 0 ? std::string() : std::string(buffer.get(), size);
}

std::optional<std::string> decompress(std::string_view frame, std::size_t bytes_max) {
  const auto size = ZSTD_getFrameContentSize(frame.data(), frame.size());
  if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR || size > bytes_max) return std::nullopt;
  ZSTD_DCtx* context = decompressor();
  if (context == nullptr) return std::nullopt;
  std::string text(static_cast<std::size_t>(size), '\0');
  // The size of what was written: an error has another one, as has a frame followed by a second.
  if (ZSTD_decompressDCtx(context, text.data(), text.size(), frame.data(), frame.size()) != size) return std::nullopt;
  return text;
}

std::string with_form(TextForm form, std::string_view bytes) {
  std::string packed;
  packed.reserve(1 + bytes.size());
  packed += static_cast<char>(form);
  packed += bytes;
  return packed;
}

}  // namespace

std::string pack_text(std::string_view text, std::size_t compressed_from) {
  if (text.size() >= compressed_from) {
    const auto frame = compress(text);
    if (!frame.empty()) return with_form(TextForm::Zstd, frame);
  }
  return with_form(TextForm::Plain, text);
}

std::optional<std::string> unpack_text(std::string_view bytes, std::size_t bytes_max) {
  if (bytes.empty()) return std::nullopt;
  const auto rest = bytes.substr(1);
  switch (static_cast<TextForm>(bytes.front())) {
    case TextForm::Plain:
      return rest.size() > bytes_max ? std::nullopt : std::optional<std::string>(rest);
    case TextForm::Zstd:
      return decompress(rest, bytes_max);
  }
  return std::nullopt;
}

std::optional<std::size_t> unpacked_size(std::string_view bytes) {
  if (bytes.empty()) return std::nullopt;
  const auto rest = bytes.substr(1);
  if (static_cast<TextForm>(bytes.front()) == TextForm::Plain) return rest.size();
  if (static_cast<TextForm>(bytes.front()) != TextForm::Zstd) return std::nullopt;
  const auto size = ZSTD_getFrameContentSize(rest.data(), rest.size());
  if (size == ZSTD_CONTENTSIZE_UNKNOWN || size == ZSTD_CONTENTSIZE_ERROR) return std::nullopt;
  return static_cast<std::size_t>(size);
}

}  // namespace stepd
