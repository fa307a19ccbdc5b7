#include "tasks/image/reduce/recode_webp.h"

#include "tasks/image/reduce/reducer.h"

#include <webp/decode.h>
#include <webp/encode.h>

#include <memory>
#include <vector>

namespace stepd::tasks::image {
namespace {

struct Plane {
  std::uint8_t* samples = nullptr;
  int stride = 0;
};

/// Chroma has half as many samples along each side, rounded up, each in the middle of four of luma.
std::uint32_t half(std::uint32_t length) { return (length + 1) / 2; }
Axis chroma_axis(std::uint32_t from, std::uint32_t to) { return {half(from), half(to), double(from) / to * half(to)}; }

class Webp {
 public:
  bool decode(std::string_view bytes, Size expected) {
    const auto* first = reinterpret_cast<const std::uint8_t*>(bytes.data());
    constexpr int kLossy = 1;
    if (WebPInitDecoderConfig(&config_) == 0 || WebPGetFeatures(first, bytes.size(), &config_.input) != VP8_STATUS_OK)
      return false;
    const auto& input = config_.input;
    const Size size{static_cast<std::uint32_t>(input.width), static_cast<std::uint32_t>(input.height)};
    if (input.has_alpha != 0 || input.has_animation != 0 || input.format != kLossy || size != expected) return false;
    lend_memory(size);
    return WebPDecode(first, bytes.size(), &config_) == VP8_STATUS_OK;
  }

  Plane luma() const { return {planes().y, planes().y_stride}; }
  Plane blue() const { return {planes().u, planes().u_stride}; }
  Plane red() const { return {planes().v, planes().v_stride}; }

 private:
  const WebPYUVABuffer& planes() const { return config_.output.u.YUVA; }

  void lend_memory(Size size) {
    const std::size_t luma = std::size_t{size.width} * size.height;
    const std::size_t chroma = std::size_t{half(size.width)} * half(size.height);
    // Whoever reads a row may read beyond its end.
    memory_ = std::make_unique_for_overwrite<std::uint8_t[]>(luma + 2 * chroma + kRowPadding);
    config_.output.colorspace = MODE_YUV;
    config_.output.is_external_memory = 1;
    auto& planes = config_.output.u.YUVA;
    planes.y = memory_.get();
    planes.u = planes.y + luma;
    planes.v = planes.u + chroma;
    planes.y_stride = static_cast<int>(size.width);
    planes.u_stride = planes.v_stride = static_cast<int>(half(size.width));
    planes.y_size = luma;
    planes.u_size = planes.v_size = chroma;
  }

  WebPDecoderConfig config_{};
  std::unique_ptr<std::uint8_t[]> memory_;
};

/// False at a stop.
bool reduce_plane(const Plane& plane, const Axis& across, const Axis& down, std::vector<std::uint8_t>& smaller,
                  const std::stop_token& stop) {
  smaller.resize(std::size_t{across.to} * down.to);
  Reducer reducer({across, down, 1}, smaller.data());
  for (std::uint32_t row = 0; row < down.from && !stop.stop_requested(); ++row) {
    reducer.push_row(plane.samples + std::ptrdiff_t{plane.stride} * row);
  }
  return reducer.is_done();
}

struct Planes {
  std::vector<std::uint8_t> luma;
  std::vector<std::uint8_t> blue;
  std::vector<std::uint8_t> red;
};

/// What libwebp writes goes here.
int append(const std::uint8_t* bytes, std::size_t size, const WebPPicture* picture) {
  static_cast<std::string*>(picture->custom_ptr)->append(reinterpret_cast<const char*>(bytes), size);
  return 1;
}

int may_go_on(int, const WebPPicture* picture) {
  return static_cast<const std::stop_token*>(picture->user_data)->stop_requested() ? 0 : 1;
}

std::optional<std::string> encode_planes(Planes& planes, const WebpTarget& target, const std::stop_token& stop) {
  WebPConfig config;
  WebPPicture picture;
  if (WebPConfigInit(&config) == 0 || WebPPictureInit(&picture) == 0) return std::nullopt;
  config.quality = static_cast<float>(target.quality);
  config.method = target.method;
  picture.width = static_cast<int>(target.size.width);
  picture.height = static_cast<int>(target.size.height);
  picture.y = planes.luma.data();
  picture.u = planes.blue.data();
  picture.v = planes.red.data();
  picture.y_stride = picture.width;
  picture.uv_stride = static_cast<int>(half(target.size.width));
  std::string file;
  std::stop_token token = stop;
  picture.writer = append;
  picture.custom_ptr = &file;
  picture.progress_hook = may_go_on;
  picture.user_data = &token;
  return WebPEncode(&config, &picture) != 0 ? std::optional(std::move(file)) : std::nullopt;
}

}  // namespace

std::optional<std::string> recode_webp(std::string_view bytes, Size stored, const WebpTarget& target,
                                       const std::stop_token& stop) {
  const auto [across, down, bands] = reduction_of(stored, target.size, 1);
  if (!is_reduction({across, down, bands}) || target.size.width > WEBP_MAX_DIMENSION ||
      target.size.height > WEBP_MAX_DIMENSION) {
    return std::nullopt;
  }
  Webp webp;
  if (!webp.decode(bytes, stored)) return std::nullopt;
  const Axis chroma_across = chroma_axis(stored.width, target.size.width);
  const Axis chroma_down = chroma_axis(stored.height, target.size.height);
  Planes planes;
  if (!reduce_plane(webp.luma(), across, down, planes.luma, stop) ||
      !reduce_plane(webp.blue(), chroma_across, chroma_down, planes.blue, stop) ||
      !reduce_plane(webp.red(), chroma_across, chroma_down, planes.red, stop)) {
    return std::nullopt;
  }
  return encode_planes(planes, target, stop);
}

}  // namespace stepd::tasks::image
