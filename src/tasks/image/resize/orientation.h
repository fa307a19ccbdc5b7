// The eight ways in which a picture can lie: EXIF's orientations and the quarter turns and mirrors that are asked for.
// Arithmetic only; it moves no pixels.
#pragma once

#include "tasks/image/resize/geometry.h"

namespace stepd::tasks::image {

/// First rows and columns are exchanged, then the picture is mirrored.
struct Turn {
  bool transpose = false;
  bool mirror_x = false;  ///< left becomes right
  bool mirror_y = false;  ///< top becomes bottom

  bool is_none() const { return !transpose && !mirror_x && !mirror_y; }
  friend bool operator==(const Turn&, const Turn&) = default;
};

/// What shows a picture of that EXIF orientation upright; none for anything but 2 to 8.
Turn turn_of_orientation(int orientation);
/// Clockwise, by 0, 90, 180 or 270.
Turn turn_of_degrees(int degrees);
/// `first`, then `second`.
Turn turn_both(Turn first, Turn second);

Size turned(Size size, Turn turn);
/// The rectangle of the unturned picture, of the size `before`, that becomes `after`.
Rectangle turned_back(Rectangle after, Size before, Turn turn);

}  // namespace stepd::tasks::image
