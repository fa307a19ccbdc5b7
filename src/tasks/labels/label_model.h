// A network that says what is in a picture. It sees samples only: decoding and fetching are others' work, so that what
// strangers send never reaches it as a file.
#pragma once

#include "base/result.h"

#include <array>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::tasks::labels {

enum class Layout : std::uint8_t { ChannelsFirst, ChannelsLast };
/// What the numbers of the network's answer are.
enum class Scores : std::uint8_t {
  Logits,         ///< one class is right: softmax makes them probabilities
  Probabilities,  ///< already
  Independent,    ///< logits, but several classes may be right: each by itself through the logistic function
};

struct LabelOptions {
  std::filesystem::path model;                             ///< ONNX
  std::filesystem::path classes;                           ///< a name per line, in the order of the network's answer
  std::uint32_t size = 224;                                ///< px, width and height of what the network sees
  std::array<double, 3> mean{123.675, 116.28, 103.53};     ///< subtracted from samples of 0 to 255, per channel
  std::array<double, 3> deviation{58.395, 57.12, 57.375};  ///< then divided by
  bool blue_first = false;                                 ///< the channels in the order blue, green, red
  Layout layout = Layout::ChannelsFirst;
  Scores scores = Scores::Logits;
  std::uint32_t top = 10;             ///< so many labels at most, unless the task says otherwise
  std::uint32_t min_confidence = 75;  ///< percent, unless the task says otherwise
};

struct Label {
  std::string name;
  double confidence;  ///< percent
};

/// Thread: any; one picture is looked at at a time, on all cores.
class LabelModel {
 public:
  virtual ~LabelModel() = default;
  virtual const LabelOptions& options() const = 0;
  /// Every class, the likeliest first. `rgb`: `size` x `size` samples of three bytes, row by row.
  /// `Image.LabelModelFailed` if the network cannot be run.
  virtual Result<std::vector<Label>> look_at(std::string_view rgb) = 0;
};

/// Reads both files and runs the network once. Throws std::runtime_error saying what does not fit.
std::unique_ptr<LabelModel> load_label_model(LabelOptions options);

}  // namespace stepd::tasks::labels
