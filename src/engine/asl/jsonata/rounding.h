// Rounding as $round does it.
#pragma once

namespace stepd::jsonata {

/// To so many decimal digits after the point, half to even, by the digits of the printed number.
double round_decimal(double value, int digits);

}  // namespace stepd::jsonata
