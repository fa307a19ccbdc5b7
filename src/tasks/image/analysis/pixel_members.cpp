#include "tasks/image/analysis/pixel_members.h"

#include "tasks/image/analysis/palette.h"
#include "tasks/image/analysis/perceptual_hash.h"
#include "tasks/image/analysis/placeholders.h"
#include "tasks/image/analysis/sample.h"

#include <vips/vips.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

namespace stepd::tasks::image {
namespace {

// What statistics compare by must be one size; small enough to be cheap, large enough to tell sharp from soft.
constexpr std::uint32_t kSampleSide = 512;
constexpr std::uint32_t kThumbHashSide = 100;
constexpr std::uint32_t kBlurHashSide = 64;

Size inside(Size size, std::uint32_t side) {
  const auto longest = std::max(size.width, size.height);
  if (longest <= side) return size;
  const auto scaled = [&](std::uint32_t length) {
    return std::max(1u, static_cast<std::uint32_t>(std::lround(double{1} * length * side / longest)));
  };
  return {scaled(size.width), scaled(size.height)};
}

Result<Json> colours_of(const Picture& sample) {
  const int bands = vips_image_get_bands(sample.get());
  STEPD_TRY(const std::string samples, samples_of(sample));
  return count_colours(samples, bands);
}

Result<std::string> blurhash_of(const Picture& sample) {
  const Size size = inside(size_of(sample), kBlurHashSide);
  STEPD_TRY(const Picture small, shrink(sample, size));
  STEPD_TRY(const Picture flat, over_white(small));
  STEPD_TRY(const std::string samples, samples_of(flat));
  return make_blurhash(samples, size);
}

Result<std::string> thumbhash_of(const Picture& sample) {
  const Size size = inside(size_of(sample), kThumbHashSide);
  STEPD_TRY(Picture small, shrink(sample, size));
  if (vips_image_hasalpha(small.get()) == 0) {
    STEPD_TRY(small, derive([&](VipsImage** out) { return vips_addalpha(small.get(), out, nullptr); }));
  }
  STEPD_TRY(const std::string samples, samples_of(small));
  return make_thumbhash(samples, size);
}

Result<Json> hashes_of(const Picture& sample) {
  STEPD_TRY(const std::string blurhash, blurhash_of(sample));
  STEPD_TRY(const std::string thumbhash, thumbhash_of(sample));
  STEPD_TRY(const Picture plain, grey(sample));
  const auto samples = [&](Size size) -> Result<std::string> {
    STEPD_TRY(const Picture small, shrink(plain, size));
    return samples_of(small);
  };
  STEPD_TRY(const std::string square, samples({kPHashSide, kPHashSide}));
  STEPD_TRY(const std::string rows, samples({kDHashWidth, kDHashHeight}));
  return Json{
      {"blurHash", blurhash}, {"thumbHash", thumbhash}, {"pHash", make_phash(square)}, {"dHash", make_dhash(rows)}};
}

/// The standard deviation of the second derivative: edges make it large, blur makes it small.
Result<double> sharpness_of(const Picture& plain) {
  STEPD_TRY(const Picture kernel, derive([](VipsImage** out) {
              *out = vips_image_new_matrixv(3, 3, 0.0, 1.0, 0.0, 1.0, -4.0, 1.0, 0.0, 1.0, 0.0);
              return *out == nullptr ? -1 : 0;
            }));
  STEPD_TRY(const Picture edges, derive([&](VipsImage** out) {
              return vips_conv(plain.get(), out, kernel.get(), "precision", VIPS_PRECISION_FLOAT, nullptr);
            }));
  double deviation = 0;
  if (vips_deviate(edges.get(), &deviation, nullptr) != 0) return cannot_decode();
  return deviation;
}

Result<double> entropy_of(const Picture& plain) {
  STEPD_TRY(const Picture histogram,
            derive([&](VipsImage** out) { return vips_hist_find(plain.get(), out, nullptr); }));
  double entropy = 0;
  if (vips_hist_entropy(histogram.get(), &entropy, nullptr) != 0) return cannot_decode();
  return entropy;
}

/// Whether any pixel is not opaque. Of every pixel, because a single one is lost in a small picture.
Result<bool> uses_alpha(const Header& header) {
  if (!header.has_alpha) return false;
  STEPD_TRY(const Picture whole, derive([&](VipsImage** out) {
              *out = vips_image_new_from_buffer(header.bytes.data(), header.bytes.size(), "", "access",
                                                VIPS_ACCESS_SEQUENTIAL, "fail_on", VIPS_FAIL_ON_ERROR, nullptr);
              return *out == nullptr ? -1 : 0;
            }));
  STEPD_TRY(const Picture alpha, derive([&](VipsImage** out) {
              return vips_extract_band(whole.get(), out, vips_image_get_bands(whole.get()) - 1, nullptr);
            }));
  double least = 0;
  if (vips_min(alpha.get(), &least, nullptr) != 0) return cannot_decode();
  return least < (vips_image_get_format(alpha.get()) == VIPS_FORMAT_USHORT ? 65'535 : 255);
}

double rounded(double value) { return std::round(value * 1'000) / 1'000; }

Result<Json> statistics_of(const Header& header, const Picture& sample) {
  STEPD_TRY(const bool alpha, uses_alpha(header));
  STEPD_TRY(const Picture plain, grey(sample));
  STEPD_TRY(const double entropy, entropy_of(plain));
  STEPD_TRY(const double sharpness, sharpness_of(plain));
  return Json{{"alphaUsed", alpha}, {"entropy", rounded(entropy)}, {"sharpness", rounded(sharpness)}};
}

}  // namespace

Result<Json> describe_pixels(const Header& header, const ImageLimits& limits, const MetadataRequest& request) {
  Json members = Json::object();
  STEPD_TRY(const Picture sample, decode_small(header, limits, {kSampleSide, kSampleSide}, Fit::Inside));
  if (request.colours) {
    STEPD_TRY(members["colours"], colours_of(sample));
  }
  if (request.hashes) {
    STEPD_TRY(members["hashes"], hashes_of(sample));
  }
  if (request.statistics) {
    STEPD_TRY(members["statistics"], statistics_of(header, sample));
  }
  return members;
}

}  // namespace stepd::tasks::image
