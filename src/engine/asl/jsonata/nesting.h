// Counts the depth of nested evaluations.
#pragma once

#include "engine/asl/jsonata/item.h"

namespace stepd::jsonata {

class NestingScope {
 public:
  explicit NestingScope(Meter& meter) : meter_(meter) {
    if (meter_.depth >= meter_.bounds().depth || meter_.stack.is_exceeded()) meter_.fail_depth();
    ++meter_.depth;
  }
  NestingScope(const NestingScope&) = delete;
  NestingScope& operator=(const NestingScope&) = delete;
  ~NestingScope() { --meter_.depth; }

 private:
  Meter& meter_;
};

/// Bounds the built-in functions that run within each other.
class RunningScope {
 public:
  explicit RunningScope(Meter& meter) : meter_(meter) {
    if (meter_.running >= kRunningMax) meter_.fail_depth();
    ++meter_.running;
  }
  RunningScope(const RunningScope&) = delete;
  RunningScope& operator=(const RunningScope&) = delete;
  ~RunningScope() { --meter_.running; }

 private:
  static constexpr std::uint32_t kRunningMax = 250;
  Meter& meter_;
};

}  // namespace stepd::jsonata
