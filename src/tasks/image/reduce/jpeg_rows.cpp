// Rows of a JPEG by libjpeg. Anything that it warns of ends the reading.
#include "tasks/image/reduce/row_source.h"

#include <csetjmp>
#include <cstdio>

#include <jpeglib.h>

namespace stepd::tasks::image {
namespace {

/// libjpeg's way out of a call that cannot go on is no return, so nothing with a destructor lives across one.
struct JpegErrors {
  jpeg_error_mgr manager;  // the first member, by whose address libjpeg's functions find the other
  std::jmp_buf out;
};

[[noreturn]] void leave_call(j_common_ptr codec) {
  std::longjmp(reinterpret_cast<JpegErrors*>(codec->err)->out, 1);  // NOLINT(modernize-avoid-setjmp-longjmp)
}

void hear_message(j_common_ptr codec, int level) {
  if (level < 0) leave_call(codec);
}

class JpegDecoder {
 public:
  JpegDecoder() {
    codec_.err = jpeg_std_error(&errors_.manager);
    errors_.manager.error_exit = leave_call;
    errors_.manager.emit_message = hear_message;
    made_ = call([this] { jpeg_create_decompress(&codec_); });
  }
  JpegDecoder(const JpegDecoder&) = delete;
  JpegDecoder& operator=(const JpegDecoder&) = delete;
  ~JpegDecoder() {
    if (made_) jpeg_destroy_decompress(&codec_);
  }

  /// Up to the first row.
  bool start(std::string_view bytes, std::uint32_t shrink) {
    return made_ && call([&] {
             jpeg_mem_src(&codec_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
             jpeg_read_header(&codec_, TRUE);
             codec_.scale_num = 1;
             codec_.scale_denom = shrink;
             codec_.out_color_space = codec_.num_components == 1 ? JCS_GRAYSCALE : JCS_RGB;
           }) &&
           is_known() && call([this] { jpeg_start_decompress(&codec_); });
  }

  bool read_row(std::uint8_t* row) {
    JDIMENSION read = 0;
    return call([&] { read = jpeg_read_scanlines(&codec_, &row, 1); }) && read == 1;
  }

  bool finish() {
    return call([this] { jpeg_finish_decompress(&codec_); });
  }

  Size size() const { return {codec_.output_width, codec_.output_height}; }
  std::uint32_t bands() const { return static_cast<std::uint32_t>(codec_.output_components); }

 private:
  bool is_known() const {
    const auto space = codec_.jpeg_color_space;
    if (codec_.data_precision != 8) return false;
    if (codec_.num_components == 1) return space == JCS_GRAYSCALE;
    return codec_.num_components == 3 && (space == JCS_YCbCr || space == JCS_RGB);
  }

  /// False when libjpeg has left the call.
  template <class Call>
  bool call(Call call) {
    if (setjmp(errors_.out) != 0) return false;  // NOLINT(modernize-avoid-setjmp-longjmp)
    call();
    return true;
  }

  jpeg_decompress_struct codec_{};
  JpegErrors errors_{};
  bool made_ = false;
};

class JpegRows final : public RowSource {
 public:
  explicit JpegRows(std::unique_ptr<JpegDecoder> decoder)
      : RowSource(decoder->size(), decoder->bands()), decoder_(std::move(decoder)) {}
  bool read_row(std::uint8_t* row) override { return decoder_->read_row(row); }
  bool finish() override { return decoder_->finish(); }

 private:
  std::unique_ptr<JpegDecoder> decoder_;
};

}  // namespace

std::unique_ptr<RowSource> open_jpeg_rows(std::string_view bytes, std::uint32_t shrink) {
  auto decoder = std::make_unique<JpegDecoder>();
  if (!decoder->start(bytes, shrink)) return nullptr;
  return std::make_unique<JpegRows>(std::move(decoder));
}

}  // namespace stepd::tasks::image
