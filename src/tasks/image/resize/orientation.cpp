#include "tasks/image/resize/orientation.h"

#include <utility>

namespace stepd::tasks::image {

Turn turn_of_orientation(int orientation) {
  // EXIF 2.32 §4.6.4 (Orientation), by number.
  constexpr Turn kTurns[] = {{},
                             {},
                             {false, true, false},
                             {false, true, true},
                             {false, false, true},
                             {true, false, false},
                             {true, true, false},
                             {true, true, true},
                             {true, false, true}};
  return orientation >= 1 && orientation <= 8 ? kTurns[orientation] : Turn{};
}

Turn turn_of_degrees(int degrees) {
  if (degrees == 90) return turn_of_orientation(6);
  if (degrees == 180) return turn_of_orientation(3);
  if (degrees == 270) return turn_of_orientation(8);
  return {};
}

Turn turn_both(Turn first, Turn second) {
  if (second.transpose) std::swap(first.mirror_x, first.mirror_y);
  return {first.transpose != second.transpose, first.mirror_x != second.mirror_x, first.mirror_y != second.mirror_y};
}

Size turned(Size size, Turn turn) { return turn.transpose ? Size{size.height, size.width} : size; }

Rectangle turned_back(Rectangle after, Size before, Turn turn) {
  const auto whole = turned(before, turn);
  if (turn.mirror_x) after.left = whole.width - after.left - after.size.width;
  if (turn.mirror_y) after.top = whole.height - after.top - after.size.height;
  if (!turn.transpose) return after;
  return {after.top, after.left, {after.size.height, after.size.width}};
}

}  // namespace stepd::tasks::image
