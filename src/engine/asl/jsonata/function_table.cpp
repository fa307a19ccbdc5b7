#include "engine/asl/jsonata/function_table.h"

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

namespace stepd::jsonata {

namespace {

/// In the order of the names.
constexpr auto kNatives = std::to_array<Native>({
    {"abs", "<n-:n>", 1, native::abs},
    {"append", "<xx:a>", 2, native::append},
    {"assert", "<bs?:x>", 2, native::assert_true},
    {"average", "<a<n>:n>", 1, native::average},
    {"base64decode", "<s-:s>", 1, native::base64_decode, Offered::Standard},
    {"base64decode", "<s-:s>", 1, native::strict_base64_decode, Offered::StepFunctions},
    {"base64encode", "<s-:s>", 1, native::base64_encode},
    {"boolean", "<x-:b>", 1, native::boolean},
    {"ceil", "<n-:n>", 1, native::ceil},
    {"clone", "<(oa)-:o>", 1, native::clone},
    {"contains", "<s-(sf):b>", 2, native::contains},
    {"count", "<a:n>", 1, native::count},
    {"decodeUrl", "<s-:s>", 1, native::decode_url},
    {"decodeUrlComponent", "<s-:s>", 1, native::decode_url_component},
    {"distinct", "<x:x>", 1, native::distinct},
    {"each", "<o-f:a>", 2, native::each},
    {"encodeUrl", "<s-:s>", 1, native::encode_url},
    {"encodeUrlComponent", "<s-:s>", 1, native::encode_url_component},
    {"error", "<s?:x>", 1, native::error},
    {"eval", "<sx?:x>", 2, native::eval, Offered::Standard},
    {"exists", "<x:b>", 1, native::exists},
    {"filter", "<af>", 2, native::filter},
    {"floor", "<n-:n>", 1, native::floor},
    {"formatBase", "<n-n?:s>", 2, native::format_base},
    {"formatInteger", "<n-s:s>", 2, native::format_integer},
    {"formatNumber", "<n-so?:s>", 3, native::format_number},
    {"fromMillis", "<n-s?s?:s>", 3, native::from_millis},
    {"hash", "<s-s?:s>", 2, native::hash, Offered::StepFunctions},
    {"join", "<a<s>s?:s>", 2, native::join},
    {"keys", "<x-:a<s>>", 1, native::keys},
    {"length", "<s-:n>", 1, native::length},
    {"lookup", "<x-s:x>", 2, native::lookup},
    {"lowercase", "<s-:s>", 1, native::lowercase},
    {"map", "<af>", 2, native::map},
    {"match", "<s-f<s:o>n?:a<o>>", 3, native::match},
    {"max", "<a<n>:n>", 1, native::max},
    {"merge", "<a<o>:o>", 1, native::merge},
    {"millis", "<:n>", 0, native::millis},
    {"min", "<a<n>:n>", 1, native::min},
    {"not", "<x-:b>", 1, native::negate},
    {"now", "<s?s?:s>", 2, native::now},
    {"number", "<(nsb)-:n>", 1, native::number},
    {"pad", "<s-ns?:s>", 3, native::pad},
    {"parse", "<s-:x>", 1, native::parse, Offered::StepFunctions},
    {"parseInteger", "<s-s:n>", 2, native::parse_integer},
    {"partition", "<an:a>", 2, native::partition, Offered::StepFunctions},
    {"power", "<n-n:n>", 2, native::power},
    {"random", "<:n>", 0, native::random, Offered::Standard},
    {"random", "<n?:n>", 1, native::seeded_random, Offered::StepFunctions},
    {"range", "<nnn:a>", 3, native::range, Offered::StepFunctions},
    {"reduce", "<afj?:j>", 3, native::reduce},
    {"replace", "<s-(sf)(sf)n?:s>", 4, native::replace},
    {"reverse", "<a:a>", 1, native::reverse},
    {"round", "<n-n?:n>", 2, native::round},
    {"shuffle", "<a:a>", 1, native::shuffle},
    {"sift", "<o-f?:o>", 2, native::sift},
    {"single", "<af?>", 2, native::single},
    {"sort", "<af?:a>", 2, native::sort},
    {"split", "<s-(sf)n?:a<s>>", 3, native::split},
    {"spread", "<x-:a<o>>", 1, native::spread},
    {"sqrt", "<n-:n>", 1, native::sqrt},
    {"string", "<x-b?:s>", 1, native::string},
    {"substring", "<s-nn?:s>", 3, native::substring},
    {"substringAfter", "<s-s:s>", 2, native::substring_after},
    {"substringBefore", "<s-s:s>", 2, native::substring_before},
    {"sum", "<a<n>:n>", 1, native::sum},
    {"toMillis", "<s-s?:n>", 2, native::to_millis},
    {"trim", "<s-:s>", 1, native::trim},
    {"type", "<x:s>", 1, native::type},
    {"uppercase", "<s-:s>", 1, native::uppercase},
    {"uuid", "<:s>", 0, native::uuid, Offered::StepFunctions},
    {"zip", "<a+>", 0, native::zip},
});

static_assert(std::is_sorted(kNatives.begin(), kNatives.end(),
                             [](const Native& a, const Native& b) { return a.name < b.name; }));

}  // namespace

const Native* find_native(std::string_view name, Dialect dialect) {
  auto found = std::lower_bound(kNatives.begin(), kNatives.end(), name,
                                [](const Native& a, std::string_view b) { return a.name < b; });
  const Offered other = dialect == Dialect::Standard ? Offered::StepFunctions : Offered::Standard;
  while (found != kNatives.end() && found->name == name && found->offered == other) ++found;
  return found != kNatives.end() && found->name == name ? &*found : nullptr;
}

const Signature& signature_of(const Native& native) {
  static const std::vector<Signature> kSignatures = [] {
    std::vector<Signature> all;
    for (const Native& each : kNatives) all.emplace_back(each.signature);
    return all;
  }();
  return kSignatures[static_cast<std::size_t>(&native - kNatives.data())];
}

std::span<const FunctionName> functions() {
  static const std::vector<FunctionName> kNames = [] {
    std::vector<FunctionName> all;
    for (const Native& each : kNatives) {
      all.push_back({each.name, each.signature, each.offered == Offered::StepFunctions});
    }
    return all;
  }();
  return kNames;
}

}  // namespace stepd::jsonata
