#include "tasks/image/reduce/reducer.h"

#include <algorithm>
#include <cmath>

namespace stepd::tasks::image {
namespace {

bool can_become(const Axis& axis) {
  return axis.to > 0 && axis.to <= axis.extent && axis.extent <= axis.to * kMostReduction;
}

std::size_t padded(std::size_t samples) {
  return (samples + kRowPadding - 1) / kRowPadding * kRowPadding + kRowPadding;
}

}  // namespace

Reduction reduction_of(Size from, Size to, std::uint32_t bands, double shrink) {
  const auto axis = [&](std::uint32_t stored, std::uint32_t wanted) {
    const double extent = stored / shrink;
    return Axis{static_cast<std::uint32_t>(std::ceil(extent)), wanted, extent};
  };
  return {axis(from.width, to.width), axis(from.height, to.height), bands};
}

bool is_reduction(const Reduction& reduction) {
  const auto& [across, down, bands] = reduction;
  const bool smaller = across.to < across.extent || down.to < down.extent;
  return smaller && can_become(across) && can_become(down) && (bands == 1 || bands == 3 || bands == 4);
}

Reducer::Reducer(const Reduction& reduction, std::uint8_t* result, const RowArithmetic& arithmetic)
    : reduction_(reduction),
      arithmetic_(arithmetic),
      across_(reduction.across, column_taps(reduction.bands)),
      down_(reduction.down, 2),
      stride_(padded(std::size_t{reduction.across.from} * reduction.bands)),
      slots_(down_.taps()),
      latest_(slots_),
      blended_(stride_ + kRowPadding),
      rows_(down_.taps()),
      result_(result) {}

std::uint8_t* Reducer::next_row() {
  if (ring_.empty()) ring_.resize(stride_ * slots_);
  return ring_.data() + stride_ * (arrived_ % slots_);
}

void Reducer::push_row(const std::uint8_t* row) {
  latest_[arrived_++ % slots_] = row;
  while (!is_done()) {
    const auto last = std::min(down_.first(made_) + down_.taps(), reduction_.down.from);
    if (last > arrived_) break;
    make_row();
  }
}

void Reducer::make_row() {
  const auto first = down_.first(made_);
  for (std::uint32_t tap = 0; tap < down_.taps(); ++tap) {
    // A tap that was added for an even number of them weighs nothing, so any row does.
    const auto row = std::min(first + tap, reduction_.down.from - 1);
    rows_[tap] = latest_[row % slots_];
  }
  const auto& bands = reduction_.bands;
  arithmetic_.blend_rows(rows_.data(), down_.of(made_), rows_.size(), std::size_t{reduction_.across.from} * bands,
                         blended_.data());
  arithmetic_.blend_columns(blended_.data(), across_, bands, result_ + std::size_t{made_} * across_.results() * bands);
  ++made_;
}

}  // namespace stepd::tasks::image
