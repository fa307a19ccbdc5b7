#include "functions/output_lines.h"

#include <algorithm>
#include <cstdint>

namespace stepd::functions {
namespace {

constexpr std::size_t kFrameHead = 16;
/// The types are 0xa55a0001 to 3, with a level of the log in the last byte but one.
constexpr std::uint32_t kFrameMark = 0xa55a'0000;

std::uint32_t number_at(std::string_view bytes, std::size_t at) {
  std::uint32_t number = 0;
  for (std::size_t i = 0; i < 4; ++i) number = number << 8 | static_cast<unsigned char>(bytes[at + i]);
  return number;
}

}  // namespace

void OutputLines::add(std::string_view bytes, const TakeEvent& take) {
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    const auto room = kEventBytes - rest_.size();
    if (end != std::string_view::npos && end <= room) {
      rest_.append(bytes.substr(0, end));
      bytes.remove_prefix(end + 1);
    } else if (bytes.size() >= room) {
      rest_.append(bytes.substr(0, room));
      bytes.remove_prefix(room);
    } else {
      rest_.append(bytes);
      return;
    }
    take(rest_);
    rest_.clear();
  }
}

void OutputLines::finish(const TakeEvent& take) {
  if (!rest_.empty()) take(rest_);
  rest_.clear();
}

void OutputFrames::add(std::string_view bytes, const TakeEvent& take) {
  while (!bytes.empty() && !broken_) {
    const auto skipped = std::min(skip_, bytes.size());
    skip_ -= skipped;
    bytes.remove_prefix(skipped);
    if (rest_.size() < kFrameHead) {
      const auto wanted = std::min(kFrameHead - rest_.size(), bytes.size());
      rest_.append(bytes.substr(0, wanted));
      bytes.remove_prefix(wanted);
      if (rest_.size() < kFrameHead) return;
      broken_ = (number_at(rest_, 0) & 0xffff'0000) != kFrameMark;
      if (broken_) return;
    }
    const std::size_t length = number_at(rest_, 4);
    const auto kept = std::min(length, kEventBytes);
    const auto wanted = std::min(kFrameHead + kept - rest_.size(), bytes.size());
    rest_.append(bytes.substr(0, wanted));
    bytes.remove_prefix(wanted);
    if (rest_.size() < kFrameHead + kept) return;
    take(std::string_view(rest_).substr(kFrameHead));
    rest_.clear();
    skip_ = length - kept;
  }
}

}  // namespace stepd::functions
