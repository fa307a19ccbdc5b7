// OpenCV's dnn module runs the network; no other file of the project knows OpenCV.
#include "base/mutex.h"
#include "tasks/labels/label_model.h"

#include <opencv2/core/utils/logger.hpp>
#include <opencv2/dnn/dnn.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>
#include <stdexcept>

namespace stepd::tasks::labels {
namespace {

constexpr std::size_t kChannels = 3;

std::vector<std::string> read_classes(const std::filesystem::path& file) {
  std::ifstream stream(file);
  if (!stream) throw std::runtime_error("the list of classes " + file.string() + " cannot be read");
  std::vector<std::string> classes;
  for (std::string line; std::getline(stream, line);) {
    if (!line.empty() && line.back() == '\r') line.pop_back();
    classes.push_back(std::move(line));
  }
  while (!classes.empty() && classes.back().empty()) classes.pop_back();
  return classes;
}

void to_probabilities(std::vector<double>& scores, Scores kind) {
  if (kind == Scores::Independent) {
    for (auto& score : scores) score = 1 / (1 + std::exp(-score));
  }
  if (kind != Scores::Logits || scores.empty()) return;
  // Against the largest, lest the exponential overflow.
  const double largest = *std::max_element(scores.begin(), scores.end());
  for (auto& score : scores) score = std::exp(score - largest);
  const double sum = std::accumulate(scores.begin(), scores.end(), 0.0);
  for (auto& score : scores) score /= sum;
}

class OpenCvModel final : public LabelModel {
 public:
  explicit OpenCvModel(LabelOptions options) : options_(std::move(options)), classes_(read_classes(options_.classes)) {
    try {
      net_ = cv::dnn::readNetFromONNX(options_.model.string());
      const auto scores = run(std::string(samples(), '\0'));
      if (scores.size() != classes_.size()) {
        throw std::runtime_error("it answers " + std::to_string(scores.size()) + " numbers, but " +
                                 options_.classes.string() + " names " + std::to_string(classes_.size()) + " classes");
      }
    } catch (const std::exception& error) {
      throw std::runtime_error("the label model " + options_.model.string() + " cannot be used: " + error.what());
    }
  }

  const LabelOptions& options() const override { return options_; }

  Result<std::vector<Label>> look_at(std::string_view rgb) override {
    std::vector<double> scores;
    try {
      scores = run(rgb);
    } catch (const std::exception& error) {
      return AslError{"Image.LabelModelFailed", error.what()};
    }
    to_probabilities(scores, options_.scores);
    std::vector<Label> labels;
    for (std::size_t i = 0; i < scores.size(); ++i) labels.push_back({classes_[i], 100 * scores[i]});
    std::stable_sort(labels.begin(), labels.end(),
                     [](const Label& a, const Label& b) { return a.confidence > b.confidence; });
    return labels;
  }

 private:
  std::size_t samples() const { return kChannels * options_.size * options_.size; }

  cv::Mat to_blob(std::string_view rgb) const {
    const int side = static_cast<int>(options_.size);
    const bool first = options_.layout == Layout::ChannelsFirst;
    const int shape_first[]{1, 3, side, side};
    const int shape_last[]{1, side, side, 3};
    cv::Mat blob(4, first ? shape_first : shape_last, CV_32F);
    auto* target = blob.ptr<float>();
    const std::size_t pixels = samples() / kChannels;
    for (std::size_t pixel = 0; pixel < pixels; ++pixel) {
      for (std::size_t channel = 0; channel < kChannels; ++channel) {
        const auto source = options_.blue_first ? kChannels - 1 - channel : channel;
        const double sample = static_cast<unsigned char>(rgb[kChannels * pixel + source]);
        const auto at = first ? channel * pixels + pixel : kChannels * pixel + channel;
        target[at] = static_cast<float>((sample - options_.mean[channel]) / options_.deviation[channel]);
      }
    }
    return blob;
  }

  std::vector<double> run(std::string_view rgb) {
    if (rgb.size() != samples()) throw std::runtime_error("the picture has not the size that the network sees");
    const cv::Mat blob = to_blob(rgb);
    const MutexLock lock(mutex_);
    net_.setInput(blob);
    const cv::Mat answer = net_.forward();
    if (answer.type() != CV_32F) throw std::runtime_error("it does not answer numbers of 32 bits");
    const auto* first = answer.ptr<float>();
    return {first, first + answer.total()};
  }

  const LabelOptions options_;
  const std::vector<std::string> classes_;
  Mutex mutex_;
  cv::dnn::Net net_ STEPD_GUARDED_BY(mutex_);
};

}  // namespace

std::unique_ptr<LabelModel> load_label_model(LabelOptions options) {
  // What goes wrong is told once, as an error with a name.
  cv::utils::logging::setLogLevel(cv::utils::logging::LOG_LEVEL_SILENT);
  cv::redirectError([](int, const char*, const char*, const char*, int, void*) { return 0; });
  return std::make_unique<OpenCvModel>(std::move(options));
}

}  // namespace stepd::tasks::labels
