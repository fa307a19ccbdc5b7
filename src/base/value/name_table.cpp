#include "base/value/name_table.h"

#include "base/value/node.h"
#include "base/value/text_hash.h"

namespace stepd::layout {
namespace {

constexpr std::size_t kFirstSlots = 32;
/// Beyond so many, new names are not remembered: the table would cost more than it spares.
constexpr std::size_t kSharedNamesMax = 4'096;

}  // namespace

NameTable::~NameTable() {
  for (const Cell& cell : slots_) release(cell);
}

Cell& NameTable::slot_of(std::string_view name) {
  std::size_t at = hash_text(name) & (slots_.size() - 1);
  while (slots_[at].low != 0 && text_of(slots_[at]) != name) at = (at + 1) & (slots_.size() - 1);
  return slots_[at];
}

void NameTable::grow() {
  std::vector<Cell> old(slots_.empty() ? kFirstSlots : 2 * slots_.size());
  old.swap(slots_);
  for (const Cell& cell : old) {
    if (cell.low != 0) slot_of(text_of(cell)) = cell;
  }
}

Cell NameTable::share(std::string_view name, std::uint64_t printed) {
  if (used_ * 2 >= slots_.size() && used_ < kSharedNamesMax) grow();
  Cell& slot = slot_of(name);
  if (slot.low == 0) {
    const Cell fresh = long_cell(Form::LongText, name, printed);
    if (used_ >= kSharedNamesMax) return fresh;
    slot = fresh;
    ++used_;
  }
  retain(slot);
  return slot;
}

}  // namespace stepd::layout
