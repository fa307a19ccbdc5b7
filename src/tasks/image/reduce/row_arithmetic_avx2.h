// row_arithmetic.h for processors with AVX2.
#pragma once

#include "tasks/image/reduce/row_arithmetic.h"

namespace stepd::tasks::image {

/// nullptr where the processor has none.
const RowArithmetic* avx2_arithmetic();

}  // namespace stepd::tasks::image
