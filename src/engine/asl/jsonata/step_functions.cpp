// Functions that Step Functions adds to JSONata (AWS dev guide: Transforming data with JSONata, §JSONata functions
// provided by Step Functions).
#include "base/digest.h"
#include "base/encoding.h"
#include "base/value/parse.h"
#include "engine/asl/jsonata/function_table.h"
#include "engine/asl/jsonata/json_text.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace stepd::jsonata::native {

namespace {

constexpr double kRangeItemsMax = 360'145;  // measured on AWS

}  // namespace

/// Parts of equal size. Undefined for sizes that make none.
Item partition(const Call& call) {
  if (call.lacks(0) || call.lacks(1)) return {};
  const double size = std::trunc(call[1].number());
  if (size < 0) throw Failure("T0410").with_value(json_for_error(call[1])).with_index(2);
  if (!(size >= 1)) return {};
  const auto out = new_list(call.meter());
  Ref<List> part;
  for_each(call[0], [&](const Item& item) {
    if (!part || static_cast<double>(part->items.size()) >= size) {
      part = new_list(call.meter());
      out->push(array_of(part));
    }
    part->push(item);
  });
  // What the parts hold was added after they were pushed, so their depth is counted here.
  for (const Item& each : out->items)
    out->depth = std::max<std::uint16_t>(out->depth, static_cast<std::uint16_t>(each.depth() + 1));
  return array_of(out);
}

/// From, to (inclusive) and step, each cut towards zero.
Item range(const Call& call) {
  if (call.lacks(0) || call.lacks(1) || call.lacks(2)) return {};
  const double from = std::trunc(call[0].number());
  const double to = std::trunc(call[1].number());
  const double step = std::trunc(call[2].number());
  const double size = std::floor((to - from) / step) + 1;
  if (step == 0 || !(size >= 1)) return {};
  if (size > kRangeItemsMax) {
    Failure failure("");
    failure.bound = Bound::Memory;
    failure.message = "Expression evaluation memory limit exceeded: Check for excessive memory usage";
    throw failure;
  }
  const auto out = new_list(call.meter());
  call.meter().step(static_cast<std::uint64_t>(size));
  for (double i = 0; i < size; ++i) out->push(Item::number(from + i * step));
  return sequence_of(out);
}

/// In hexadecimal digits. Undefined for an algorithm that there is not.
Item hash(const Call& call) {
  if (call.lacks(0) || call.lacks(1)) return {};
  constexpr std::array<std::pair<std::string_view, DigestKind>, 5> kAlgorithms{{{"MD5", DigestKind::Md5},
                                                                                {"SHA-1", DigestKind::Sha1},
                                                                                {"SHA-256", DigestKind::Sha256},
                                                                                {"SHA-384", DigestKind::Sha384},
                                                                                {"SHA-512", DigestKind::Sha512}}};
  const auto* found = std::find_if(kAlgorithms.begin(), kAlgorithms.end(),
                                   [&](const auto& each) { return each.first == call[1].text(); });
  if (found == kAlgorithms.end()) return {};
  const auto digest = digest_of(found->second, call[0].text());
  return digest ? Item::string(to_hex(*digest), call.meter()) : Item();
}

/// With a seed, the first number of java.util.Random (its documentation: setSeed, next, nextDouble).
Item seeded_random(const Call& call) {
  if (call.lacks(0)) return random(call);
  constexpr std::uint64_t kMultiplier = 0x5DEECE66D;
  constexpr std::uint64_t kMask = (std::uint64_t{1} << 48) - 1;
  const double seed = std::clamp(std::trunc(call[0].number()), -9.2e18, 9.2e18);
  std::uint64_t state = (static_cast<std::uint64_t>(static_cast<std::int64_t>(seed)) ^ kMultiplier) & kMask;
  const auto next = [&](int bits) {
    state = (state * kMultiplier + 0xB) & kMask;
    return state >> (48 - bits);
  };
  const std::uint64_t high = next(26) << 27;
  return Item::number(static_cast<double>(high + next(27)) * 0x1.0p-53);
}

/// Version 4.
Item uuid(const Call& call) {
  std::string bytes;
  for (int i = 0; i < 2; ++i) {
    const std::uint64_t drawn = call.evaluator.draw();
    for (int shift = 0; shift < 64; shift += 8) bytes += static_cast<char>(drawn >> shift & 0xFF);
  }
  bytes[6] = static_cast<char>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<char>((bytes[8] & 0x3F) | 0x80);
  return Item::string(to_uuid(bytes), call.meter());
}

/// Reads JSON.
Item parse(const Call& call) {
  if (call.lacks(0)) return {};
  Budget budget = Budget::without_limits();
  budget.fresh = static_cast<std::size_t>(call.meter().bounds().memory) * 4;
  auto value = stepd::parse(call[0].text(), budget);
  if (!value) throw Failure("D3120").with_value(json_for_error(Item(Value::string(value.error().cause))));
  call.meter().step(value->nodes());
  // Recorded from AWS (LocalStack's snapshots): -0 is read as 0.
  if (value->kind() == Kind::Integer && value->integer() == 0) return Item(Value::integer(0));
  return Item(*std::move(value));
}

}  // namespace stepd::jsonata::native
