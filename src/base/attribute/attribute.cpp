#include "base/attribute/attribute.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace stepd {
namespace {

constexpr std::array<std::string_view, 10> kTypeNames{"S", "N", "B", "BOOL", "NULL", "L", "M", "SS", "NS", "BS"};

template <class Members>
auto place_of(Members& members, std::string_view name) {
  return std::lower_bound(members.begin(), members.end(), name,
                          [](const AttributeMember& member, std::string_view wanted) { return member.name < wanted; });
}

template <class T>
std::vector<T> sorted(std::vector<T> members) {
  std::sort(members.begin(), members.end());
  return members;
}

template <class T>
bool same_members(const AttributeSet<T>& a, const AttributeSet<T>& b) {
  return a.members.size() == b.members.size() && sorted(a.members) == sorted(b.members);
}

struct Equal {
  template <class T, class U>
  bool operator()(const T&, const U&) const {
    return false;
  }
  template <class T>
  bool operator()(const T& a, const T& b) const {
    return a == b;
  }
  template <class T>
  bool operator()(const AttributeSet<T>& a, const AttributeSet<T>& b) const {
    return same_members(a, b);
  }
};

/// Digits in pairs about the point, two of them a byte.
std::size_t size_of_number(const ExactNumber& number) {
  if (number.is_zero()) return 2;
  const auto whole = std::max<std::int64_t>(number.magnitude() + 1, 0);
  const auto fraction = std::max<std::int64_t>(-number.exponent(), 0);
  const auto trimmed_whole = whole - std::max<std::int64_t>(number.exponent(), 0);
  const auto trimmed_fraction = fraction - std::max<std::int64_t>(-number.magnitude() - 1, 0);
  const auto bytes = 1 + (trimmed_whole + 1) / 2 + (trimmed_fraction + 1) / 2 + (number.is_negative() ? 1 : 0);
  return static_cast<std::size_t>(bytes);
}

struct Size {
  std::size_t operator()(const std::string& text) const { return text.size(); }
  std::size_t operator()(const ExactNumber& number) const { return size_of_number(number); }
  std::size_t operator()(const AttributeBytes& bytes) const { return bytes.bytes.size(); }
  std::size_t operator()(bool) const { return 1; }
  std::size_t operator()(std::monostate) const { return 1; }
  std::size_t operator()(const Attribute::List& list) const {
    std::size_t size = 3;
    for (const auto& each : list) size += 1 + size_of_attribute(each);
    return size;
  }
  std::size_t operator()(const AttributeMap& map) const { return 3 + map.size() + size_of_item(map); }
  template <class T>
  std::size_t operator()(const AttributeSet<T>& set) const {
    std::size_t size = 0;
    for (const auto& each : set.members) size += (*this)(each);
    return size;
  }
};

/// `a` without the members that `b` has, or those of `b` that `a` lacks.
template <class T>
std::vector<T> without(const std::vector<T>& from, const std::vector<T>& gone) {
  const auto known = sorted(gone);
  std::vector<T> rest;
  std::copy_if(from.begin(), from.end(), std::back_inserter(rest),
               [&](const T& each) { return !std::binary_search(known.begin(), known.end(), each); });
  return rest;
}

template <class Combine>
Attribute combine_sets(const Attribute& a, const Attribute& b, Combine combine) {
  return std::visit(
      [&](const auto& set) -> Attribute {
        using Set = std::decay_t<decltype(set)>;
        if constexpr (requires { set.members; }) {
          const auto* other = b.as<Set>();
          return other == nullptr ? a : Attribute(Attribute::Form(Set{combine(set.members, other->members)}));
        } else {
          return a;
        }
      },
      a.form());
}

}  // namespace

std::string_view name_of(AttributeType type) { return kTypeNames.at(static_cast<std::size_t>(type)); }

std::optional<AttributeType> attribute_type_of(std::string_view name) {
  const auto found = std::find(kTypeNames.begin(), kTypeNames.end(), name);
  if (found == kTypeNames.end()) return std::nullopt;
  return static_cast<AttributeType>(found - kTypeNames.begin());
}

// ---- AttributeMap -------------------------------------------------------------------------------------------------

AttributeMap::AttributeMap() = default;
AttributeMap::AttributeMap(const AttributeMap&) = default;
AttributeMap::AttributeMap(AttributeMap&&) noexcept = default;
AttributeMap& AttributeMap::operator=(const AttributeMap&) = default;
AttributeMap& AttributeMap::operator=(AttributeMap&&) noexcept = default;
AttributeMap::~AttributeMap() = default;

AttributeMap::AttributeMap(std::initializer_list<AttributeMember> members)
    : AttributeMap(std::vector<AttributeMember>(members)) {}

AttributeMap::AttributeMap(std::vector<AttributeMember> members) : members_(std::move(members)) {
  std::uint32_t place = 0;
  for (auto& member : members_) member.place = place++;
  std::stable_sort(members_.begin(), members_.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  // Of equal names the first keeps its place and takes the value of the last.
  auto kept = members_.begin();
  for (auto at = members_.begin(); at != members_.end(); ++at) {
    if (at == members_.begin()) continue;
    if (at->name == kept->name) {
      kept->value = std::move(at->value);
    } else if (++kept != at) {
      *kept = std::move(*at);
    }
  }
  if (!members_.empty()) members_.erase(std::next(kept), members_.end());
}

std::size_t AttributeMap::size() const { return members_.size(); }

const Attribute* AttributeMap::find(std::string_view name) const {
  const auto found = place_of(members_, name);
  return found == members_.end() || found->name != name ? nullptr : &found->value;
}

Attribute* AttributeMap::find(std::string_view name) { return const_cast<Attribute*>(std::as_const(*this).find(name)); }

void AttributeMap::set(std::string_view name, Attribute value) {
  const auto found = place_of(members_, name);
  if (found != members_.end() && found->name == name) {
    found->value = std::move(value);
    return;
  }
  std::uint32_t place = 0;
  for (const auto& member : members_) place = std::max(place, member.place + 1);
  members_.insert(found, AttributeMember{std::string(name), std::move(value), place});
}

bool AttributeMap::erase(std::string_view name) {
  const auto found = place_of(members_, name);
  if (found == members_.end() || found->name != name) return false;
  members_.erase(found);
  return true;
}

std::vector<const AttributeMember*> AttributeMap::in_order() const {
  std::vector<const AttributeMember*> ordered;
  ordered.reserve(members_.size());
  for (const auto& member : members_) ordered.push_back(&member);
  std::sort(ordered.begin(), ordered.end(), [](const auto* a, const auto* b) { return a->place < b->place; });
  return ordered;
}

bool operator==(const AttributeMap& a, const AttributeMap& b) {
  return std::equal(
      a.members_.begin(), a.members_.end(), b.members_.begin(), b.members_.end(),
      [](const auto& left, const auto& right) { return left.name == right.name && left.value == right.value; });
}

// ---- values -------------------------------------------------------------------------------------------------------

bool operator==(const Attribute& a, const Attribute& b) { return std::visit(Equal{}, a.form_, b.form_); }

std::optional<std::strong_ordering> order(const Attribute& a, const Attribute& b) {
  if (const auto* left = a.as<ExactNumber>()) {
    const auto* right = b.as<ExactNumber>();
    return right == nullptr ? std::nullopt : std::optional(*left <=> *right);
  }
  if (const auto* left = a.as<std::string>()) {
    const auto* right = b.as<std::string>();
    return right == nullptr ? std::nullopt : std::optional(*left <=> *right);
  }
  if (const auto* left = a.as<AttributeBytes>()) {
    const auto* right = b.as<AttributeBytes>();
    return right == nullptr ? std::nullopt : std::optional(*left <=> *right);
  }
  return std::nullopt;
}

std::size_t depth_of(const Attribute& value) {
  std::size_t deepest = 0;
  if (const auto* list = value.as<Attribute::List>()) {
    for (const auto& each : *list) deepest = std::max(deepest, depth_of(each));
    return deepest + 1;
  }
  if (const auto* map = value.as<AttributeMap>()) {
    for (const auto& each : map->by_name()) deepest = std::max(deepest, depth_of(each.value));
    return deepest + 1;
  }
  return 0;
}

std::size_t size_of_item(const AttributeMap& item) {
  std::size_t size = 0;
  for (const auto& member : item.by_name()) size += member.name.size() + size_of_attribute(member.value);
  return size;
}

std::size_t size_of_attribute(const Attribute& value) { return std::visit(Size{}, value.form()); }

Attribute join_sets(const Attribute& a, const Attribute& b) {
  return combine_sets(a, b, [](const auto& mine, const auto& other) {
    auto joined = mine;
    const auto more = without(other, mine);
    joined.insert(joined.end(), more.begin(), more.end());
    return joined;
  });
}

Attribute subtract_set(const Attribute& a, const Attribute& b) {
  return combine_sets(a, b, [](const auto& mine, const auto& other) { return without(mine, other); });
}

std::size_t set_size(const Attribute& set) {
  return std::visit(
      [](const auto& form) -> std::size_t {
        if constexpr (requires { form.members; }) {
          return form.members.size();
        } else {
          return 0;
        }
      },
      set.form());
}

bool set_contains(const Attribute& set, const Attribute& member) {
  const auto holds = [&]<class T>(const AttributeSet<T>* of) {
    const auto* wanted = of == nullptr ? nullptr : member.as<T>();
    return wanted != nullptr && std::find(of->members.begin(), of->members.end(), *wanted) != of->members.end();
  };
  return holds(set.as<TextSet>()) || holds(set.as<NumberSet>()) || holds(set.as<BytesSet>());
}

}  // namespace stepd
