// Which of the formats that stepd writes the libraries at hand can write: distributions leave encoders out, or pack
// them apart.
#pragma once

#include "base/result.h"
#include "tasks/image/format/sniff.h"

#include <string>
#include <string_view>

namespace stepd::tasks::image {

/// Why no picture can be written in that one of kWritableFormats; empty if one can. Tried with a few pixels, once in a
/// process. Thread: any.
const std::string& why_not_writable(std::string_view format);

/// `Image.CannotWrite` if the format cannot be written.
Result<void> check_writable(const FileType& format);

/// The same, of a picture that could be computed; `why` is what libvips said.
AslError cannot_write(const FileType& format, const std::string& why);

}  // namespace stepd::tasks::image
