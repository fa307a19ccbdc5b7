// Keeps each long member name once while one value is built. Only base/value includes this.
#pragma once

#include "base/value/value.h"

#include <string_view>
#include <vector>

namespace stepd::layout {

class NameTable {
 public:
  NameTable() = default;
  NameTable(const NameTable&) = delete;
  NameTable& operator=(const NameTable&) = delete;
  ~NameTable();

  /// A cell of `name`, which is too long to be inline and prints as `printed` bytes; the caller gets a reference.
  Cell share(std::string_view name, std::uint64_t printed);

 private:
  Cell& slot_of(std::string_view name);
  void grow();

  std::vector<Cell> slots_;  // a power of two, at most half full
  std::size_t used_ = 0;
};

}  // namespace stepd::layout
