#include "base/guarded.h"

#include <spdlog/spdlog.h>

#include <atomic>

namespace stepd {
namespace {

std::atomic<std::uint64_t> escaped{0};

}  // namespace

void note_escaped(std::string_view where, std::string_view error) noexcept {
  ++escaped;
  try {
    spdlog::error("a job of {} failed: {}", where, error);
  } catch (...) {
    // There may be no memory for a line. The count tells.
  }
}

std::uint64_t escaped_exceptions() noexcept { return escaped; }

}  // namespace stepd
