#include "tasks/image/resize/resize_option_table.h"

#include "tasks/image/codec/encode.h"

#include <algorithm>
#include <cmath>

namespace stepd::tasks::image {
namespace {

constexpr std::size_t kTextChars = 200;
// Beyond it vips_gaussblur() takes minutes, and nothing is left to see.
constexpr double kLargestBlur = 100;
constexpr double kLargestSharpen = 10;
constexpr double kLargestDpr = 8;
constexpr double kLargestPercent = 1'000;

struct FlagOption {
  std::string_view name;
  bool& (*of)(ResizeOptions&);
  bool if_absent = false;
};
constexpr FlagOption kFlagOptions[] = {
    {"enlarge", [](ResizeOptions& o) -> bool& { return o.box.enlarge; }},
    {"flip", [](ResizeOptions& o) -> bool& { return o.flip; }},
    {"flop", [](ResizeOptions& o) -> bool& { return o.flop; }},
    {"autoOrient", [](ResizeOptions& o) -> bool& { return o.auto_orient; }, true},
    {"grayscale", [](ResizeOptions& o) -> bool& { return o.grayscale; }},
    {"linear", [](ResizeOptions& o) -> bool& { return o.linear; }},
    {"accurate", [](ResizeOptions& o) -> bool& { return o.accurate; }},
    {"animated", [](ResizeOptions& o) -> bool& { return o.animated; }},
    {"progressive", [](ResizeOptions& o) -> bool& { return o.encoding.progressive; }},
    {"lossless", [](ResizeOptions& o) -> bool& { return o.encoding.lossless; }},
    {"palette", [](ResizeOptions& o) -> bool& { return o.encoding.palette; }},
};

struct IntegerOption {
  std::string_view name;
  std::int64_t least;
  std::int64_t most;
  std::optional<std::uint32_t>& (*of)(ResizeOptions&);
};
constexpr IntegerOption kIntegerOptions[] = {
    {"trim", 0, 254, [](ResizeOptions& o) -> std::optional<std::uint32_t>& { return o.trim; }},
    {"frames", 1, 100'000, [](ResizeOptions& o) -> std::optional<std::uint32_t>& { return o.frames; }},
    {"quality", 1, 100, [](ResizeOptions& o) -> std::optional<std::uint32_t>& { return o.encoding.quality; }},
    {"effort", 0, 10, [](ResizeOptions& o) -> std::optional<std::uint32_t>& { return o.encoding.effort; }},
    {"maxBytes", 100, 1'000'000'000,
     [](ResizeOptions& o) -> std::optional<std::uint32_t>& { return o.encoding.max_bytes; }},
};

struct NumberOption {
  std::string_view name;
  double least;
  double most;
  std::optional<double>& (*of)(ResizeOptions&);
};
constexpr NumberOption kNumberOptions[] = {
    {"percent", 0.01, kLargestPercent, [](ResizeOptions& o) -> std::optional<double>& { return o.box.percent; }},
    {"blur", 0.3, kLargestBlur, [](ResizeOptions& o) -> std::optional<double>& { return o.blur; }},
    {"sharpen", 0.1, kLargestSharpen, [](ResizeOptions& o) -> std::optional<double>& { return o.sharpen; }},
};

struct ChoiceOption {
  std::string_view name;
  std::span<const std::string_view> words;
  void (*set)(ResizeOptions&, std::size_t);
};
const ChoiceOption kChoiceOptions[] = {
    {"fit", kFits, [](ResizeOptions& o, std::size_t at) { o.box.fit = static_cast<Fit>(at); }},
    {"format", kWritableFormats, [](ResizeOptions& o, std::size_t at) { o.format = type_named(kWritableFormats[at]); }},
    {"kernel", kKernels, [](ResizeOptions& o, std::size_t at) { o.kernel = at; }},
    {"failOn", kFailLevels, [](ResizeOptions& o, std::size_t at) { o.fail_on = at; }},
    {"subsampling", kSubsamplings, [](ResizeOptions& o, std::size_t at) { o.encoding.subsampling = at; }},
    {"filter", kPngFilters, [](ResizeOptions& o, std::size_t at) { o.encoding.filter = at; }},
    {"alpha", kAlphas, [](ResizeOptions& o, std::size_t at) { o.drop_alpha = at == 1; }},
    {"colours", kColourSpaces, [](ResizeOptions& o, std::size_t at) { o.keep_colours = at == 1; }},
};

std::uint32_t as_pixels(std::int64_t number) { return static_cast<std::uint32_t>(number); }

/// The sides of the box, for a screen of `dpr` pixels to the point.
void read_box(Arguments& arguments, const ImageLimits& limits, double dpr, Box& box) {
  const auto side = [&](const char* name) -> std::optional<std::uint32_t> {
    const auto given = arguments.optional_integer(name, 1, limits.max_side);
    if (!given) return std::nullopt;
    return as_pixels(std::clamp<std::int64_t>(std::llround(double(*given) * dpr), 1, limits.max_side));
  };
  const bool asked = arguments.has("width") || arguments.has("height");
  box.width = side("width");
  box.height = side("height");
  box.min_width = side("minWidth");
  box.min_height = side("minHeight");
  if (arguments.has("percent")) {
    if (asked) arguments.refuse("percent", "takes the place of width and height, give one or the other");
    if (box.fit != Fit::Inside) arguments.refuse("percent", "keeps the shape, so fit is inside");
    return;
  }
  if (!asked) arguments.refuse("width", "missing, expected width, height or both, or percent");
  const auto fit = std::string(kFits[static_cast<std::size_t>(box.fit)]);
  if (asked && box.fit != Fit::Inside && (!arguments.has("width") || !arguments.has("height"))) {
    arguments.refuse(arguments.has("width") ? "height" : "width", "missing, fit " + fit + " takes both sides");
  }
  const bool keeps_shape = box.fit == Fit::Inside || box.fit == Fit::Outside;
  for (const char* name : {"minWidth", "minHeight"}) {
    if (arguments.has(name) && !keeps_shape) arguments.refuse(name, "fit " + fit + " has both sides already");
  }
}

std::optional<Point> read_compass(Arguments& arguments, std::span<const std::string_view> more, std::size_t& smart) {
  std::vector<std::string_view> words;
  for (const auto& each : kCompass) words.push_back(each.name);
  words.insert(words.end(), more.begin(), more.end());
  const auto at = arguments.optional_choice("position", words);
  if (!at) return std::nullopt;
  if (*at < kCompass.size()) return kCompass[*at].point;
  smart = *at - kCompass.size() + 1;
  return std::nullopt;
}

void read_position(Arguments& arguments, ResizeOptions& options) {
  constexpr std::array<std::string_view, 2> kSmart{"entropy", "attention"};
  std::size_t smart = 0;
  if (const auto point = read_compass(arguments, kSmart, smart)) options.position = *point;
  options.smart = static_cast<Smart>(smart);
  options.focal = arguments.optional_object("focus", [&](Arguments& focus) {
    options.position = {focus.optional_number("x", 0, 1).value_or(0.5), focus.optional_number("y", 0, 1).value_or(0.5)};
  });
  if (options.focal && arguments.has("position")) arguments.refuse("focus", "takes the place of position");
  const bool cuts = options.box.fit == Fit::Cover;
  if (options.smart != Smart::No && !cuts) arguments.refuse("position", "entropy and attention are for fit cover");
  if (options.focal && !cuts) arguments.refuse("focus", "is for fit cover");
}

void read_region(Arguments& arguments, const ImageLimits& limits, ResizeOptions& options) {
  constexpr std::array<std::string_view, 2> kUnits{"pixels", "percent"};
  arguments.optional_object("region", [&](Arguments& inner) {
    Region region;
    region.percent = inner.optional_choice("unit", kUnits).value_or(0) == 1;
    const double most = region.percent ? 100 : limits.max_side;
    for (const char* name : {"width", "height"}) {
      if (!inner.has(name)) inner.refuse(name, "missing, expected a number");
    }
    region.left = inner.optional_number("left", 0, most).value_or(0);
    region.top = inner.optional_number("top", 0, most).value_or(0);
    region.width = inner.optional_number("width", region.percent ? 0.01 : 1, most).value_or(1);
    region.height = inner.optional_number("height", region.percent ? 0.01 : 1, most).value_or(1);
    options.region = region;
  });
}

void read_extend(Arguments& arguments, const ImageLimits& limits, double dpr, Margins& margins) {
  const auto most = static_cast<std::int64_t>(limits.max_side);
  arguments.optional_object("extend", [&](Arguments& inner) {
    const auto side = [&](const char* name) {
      return as_pixels(std::llround(double(inner.optional_integer(name, 0, most).value_or(0)) * dpr));
    };
    margins = {side("top"), side("right"), side("bottom"), side("left")};
  });
}

void read_colour(Arguments& arguments, std::string_view name, Colour& colour) {
  const auto text = arguments.optional_text(name);
  if (!text) return;
  if (const auto parsed = parse_colour(*text)) {
    colour = *parsed;
  } else {
    arguments.refuse(name, "expected #rgb, #rrggbb, #rrggbbaa, white, black or transparent, got " + *text);
  }
}

void read_kept(Arguments& arguments, Kept& kept) {
  bool* const members[] = {&kept.exif, &kept.gps, &kept.icc, &kept.xmp, &kept.iptc, &kept.copyright};
  for (const auto at : arguments.choices("keep", kKeepable)) *members[at] = true;
}

void read_watermark(Arguments& arguments, double dpr, ResizeOptions& options) {
  arguments.optional_object("watermark", [&](Arguments& inner) {
    Watermark mark;
    mark.text = inner.optional_text("text").value_or("");
    mark.bucket = inner.optional_text("bucket").value_or("");
    mark.key = inner.optional_text("key").value_or("");
    if (mark.text.empty() == mark.key.empty() || mark.key.empty() != mark.bucket.empty())
      inner.refuse("text", "expected a text, or the bucket and key of a picture");
    if (mark.text.size() > kTextChars) inner.refuse("text", "longer than " + std::to_string(kTextChars) + " bytes");
    read_colour(inner, "colour", mark.colour);
    mark.opacity = inner.optional_number("opacity", 0, 1).value_or(1);
    mark.scale = inner.optional_number("scale", 0.01, 1).value_or(0.25);
    std::size_t none = 0;
    mark.position = read_compass(inner, {}, none).value_or(Point{1, 1});
    inner.optional_object("offset", [&](Arguments& offset) {
      const auto pixels = [&](const char* name) {
        return static_cast<std::int32_t>(
            std::lround(double(offset.optional_integer(name, -65'535, 65'535).value_or(0)) * dpr));
      };
      mark.offset_x = pixels("x");
      mark.offset_y = pixels("y");
    });
    mark.tile = inner.flag("tile", false);
    options.watermark = std::move(mark);
  });
}

void read_format(Arguments& arguments, ResizeOptions& options) {
  options.accept = arguments.optional_text("accept").value_or("");
  if (!options.accept.empty() && options.format != nullptr) arguments.refuse("accept", "format is given already");
  if (options.encoding.max_bytes && options.encoding.lossless)
    arguments.refuse("maxBytes", "is reached by quality, and lossless has none");
  if (options.animated && options.format != nullptr && !abilities_of(options.format->name).animation)
    arguments.refuse("animated", std::string(options.format->name) + " holds one picture, gif and webp several");
  if (options.frames && !options.animated) arguments.refuse("frames", "is for animated: true");
}

struct EncodingArgument {
  std::string_view name;
  std::string_view formats;  ///< that take it, between spaces
  bool (*asked)(const Encoding&);
};
constexpr EncodingArgument kEncodingArguments[] = {
    {"quality", " jpeg webp avif tiff png ", [](const Encoding& e) { return e.quality.has_value(); }},
    {"effort", " png webp avif gif ", [](const Encoding& e) { return e.effort.has_value(); }},
    {"lossless", " webp avif ", [](const Encoding& e) { return e.lossless; }},
    {"progressive", " jpeg png gif ", [](const Encoding& e) { return e.progressive; }},
    {"subsampling", " jpeg avif webp ", [](const Encoding& e) { return e.subsampling != 0; }},
    {"palette", " png ", [](const Encoding& e) { return e.palette; }},
    {"filter", " png ", [](const Encoding& e) { return e.filter != 0; }},
};

void find_idle_encoding(const ResizeOptions& options, std::vector<IdleArgument>& idle) {
  const auto format = options.format->name;
  const auto& encoding = options.encoding;
  for (const auto& each : kEncodingArguments) {
    if (each.asked(encoding) && each.formats.find(" " + std::string(format) + " ") == std::string_view::npos)
      idle.push_back({each.name, "changes nothing of " + std::string(format)});
  }
  if (!encoding.quality) return;
  if (format == "png" && !encoding.palette) idle.push_back({"quality", "changes nothing of png without palette: true"});
  if (format == "avif" && encoding.lossless) idle.push_back({"quality", "changes nothing of lossless avif"});
}

bool shows_background(const ResizeOptions& options) {
  const auto& extend = options.extend;
  const bool pads = options.box.fit == Fit::Contain || extend.top + extend.right + extend.bottom + extend.left > 0;
  return pads || (!options.drop_alpha && !(options.format != nullptr && abilities_of(options.format->name).alpha));
}

}  // namespace

std::vector<IdleArgument> idle_arguments(const Arguments& arguments, const ResizeOptions& options) {
  std::vector<IdleArgument> idle;
  if (options.format != nullptr) find_idle_encoding(options, idle);
  if (arguments.has("background") && !shows_background(options))
    idle.push_back({"background", "changes nothing: nothing is padded, and no transparency is filled"});
  if (arguments.has("position") && options.box.fit != Fit::Cover && options.box.fit != Fit::Contain)
    idle.push_back({"position", "changes nothing: it is for fit cover and contain"});
  return idle;
}

ResizeOptions read_options(Arguments& arguments, const ImageLimits& limits) {
  ResizeOptions options;
  for (const auto& option : kFlagOptions) option.of(options) = arguments.flag(option.name, option.if_absent);
  for (const auto& option : kIntegerOptions) {
    if (const auto given = arguments.optional_integer(option.name, option.least, option.most))
      option.of(options) = as_pixels(*given);
  }
  for (const auto& option : kNumberOptions) {
    option.of(options) = arguments.optional_number(option.name, option.least, option.most);
  }
  for (const auto& option : kChoiceOptions) {
    if (const auto at = arguments.optional_choice(option.name, option.words)) option.set(options, *at);
  }
  const double dpr = arguments.optional_number("dpr", 0.1, kLargestDpr).value_or(1);
  if (const auto page = arguments.optional_integer("page", 0, 99'999)) options.page = as_pixels(*page);
  if (const auto degrees = arguments.optional_integer("rotate", 0, 270)) {
    options.rotate = as_pixels(*degrees);
    if (*degrees % 90 != 0) arguments.refuse("rotate", "expected 0, 90, 180 or 270");
  }
  read_box(arguments, limits, dpr, options.box);
  read_position(arguments, options);
  read_region(arguments, limits, options);
  read_extend(arguments, limits, dpr, options.extend);
  read_colour(arguments, "background", options.background);
  read_kept(arguments, options.kept);
  read_watermark(arguments, dpr, options);
  read_format(arguments, options);
  return options;
}

}  // namespace stepd::tasks::image
