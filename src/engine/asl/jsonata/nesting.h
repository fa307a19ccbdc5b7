// Counts the depth of nested evaluations.
#pragma once

#include "engine/asl/jsonata/item.h"

namespace stepd::jsonata {

class NestingScope {
 public:
  explicit NestingScope(Meter& meter) : meter_(meter) {
    if (meter_.depth >= meter_.bounds().depth) meter_.fail_depth();
    ++meter_.depth;
  }
  NestingScope(const NestingScope&) = delete;
  NestingScope& operator=(const NestingScope&) = delete;
  ~NestingScope() { --meter_.depth; }

 private:
  Meter& meter_;
};

}  // namespace stepd::jsonata
