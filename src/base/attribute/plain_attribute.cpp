#include "base/attribute/plain_attribute.h"

#include "base/encoding.h"
#include "base/value/builder.h"
#include "base/value/json_border.h"
#include "base/value/parse.h"
#include "base/value/print.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <stdexcept>

namespace stepd {
namespace {

constexpr std::string_view kBytesMark = "$B";
constexpr std::string_view kTextSetMark = "$SS";
constexpr std::string_view kNumberSetMark = "$NS";
constexpr std::string_view kBytesSetMark = "$BS";
constexpr std::string_view kMapMark = "$M";

// ---- reading ------------------------------------------------------------------------------------------------------

std::optional<std::string> read_member(const Value& value, const std::string*) {
  return value.is_string() ? std::optional(std::string(value.string())) : std::nullopt;
}
std::optional<ExactNumber> read_member(const Value& value, const ExactNumber*) {
  return value.is_number() ? ExactNumber::parse(value.number_text()) : std::nullopt;
}
std::optional<AttributeBytes> read_member(const Value& value, const AttributeBytes*) {
  auto bytes = value.is_string() ? from_base64(value.string()) : std::nullopt;
  return bytes ? std::optional(AttributeBytes{*std::move(bytes)}) : std::nullopt;
}

/// None unless `value` is an array of such members, at least one and none twice.
template <class T>
std::optional<Attribute> read_set(const Value& value) {
  AttributeSet<T> set;
  for (const auto& each : value.items()) {
    auto member = read_member(each, static_cast<const T*>(nullptr));
    if (!member) return std::nullopt;
    set.members.push_back(*std::move(member));
  }
  if (set.members.empty()) return std::nullopt;
  auto sorted = set.members;
  std::sort(sorted.begin(), sorted.end());
  if (std::adjacent_find(sorted.begin(), sorted.end()) != sorted.end()) return std::nullopt;
  return Attribute(Attribute::Form(std::move(set)));
}

AttributeMap read_members(const Value& object) {
  std::vector<AttributeMember> members;
  members.reserve(object.size());
  for (const auto member : object.members()) {
    members.push_back({std::string(member.key), from_plain(member.value)});
  }
  return AttributeMap(std::move(members));
}

/// What an object of one member stands for; none if it is an ordinary one.
std::optional<Attribute> read_marked(const Value& object) {
  if (object.size() != 1) return std::nullopt;
  const auto members = object.members();
  const auto mark = members[0].key;
  const Value& value = members[0].value;
  if (!mark.starts_with('$')) return std::nullopt;
  if (mark == kMapMark) {
    if (!value.is_object()) return std::nullopt;
    return Attribute(Attribute::Form(read_members(value)));
  }
  if (mark == kBytesMark) {
    auto bytes = read_member(value, static_cast<const AttributeBytes*>(nullptr));
    return bytes ? std::optional(Attribute(Attribute::Form(*std::move(bytes)))) : std::nullopt;
  }
  if (mark == kTextSetMark) return read_set<std::string>(value);
  if (mark == kNumberSetMark) return read_set<ExactNumber>(value);
  if (mark == kBytesSetMark) return read_set<AttributeBytes>(value);
  return std::nullopt;
}

// ---- writing ------------------------------------------------------------------------------------------------------

void write(Builder& out, const Attribute& value);

void write_members(Builder& out, const AttributeMap& map) {
  out.begin_object();
  for (const auto* member : map.in_order()) {
    out.key(member->name);
    write(out, member->value);
  }
  out.end();
}

void write_member(Builder& out, const std::string& text) { out.string(text); }
void write_member(Builder& out, const ExactNumber& number) { out.decimal(number.json_text()); }
void write_member(Builder& out, const AttributeBytes& bytes) { out.string(to_base64(bytes.bytes)); }

template <class T>
void write_set(Builder& out, std::string_view mark, const AttributeSet<T>& set) {
  out.begin_object();
  out.key(mark);
  out.begin_array();
  for (const auto& each : set.members) write_member(out, each);
  out.end();
  out.end();
}

/// Whether an object of this one member might be read as something else.
bool may_look_marked(const AttributeMap& map) { return map.size() == 1 && map.by_name().front().name.starts_with('$'); }

struct Writer {
  Builder& out;

  void operator()(const std::string& text) const { out.string(text); }
  void operator()(const ExactNumber& number) const { write_member(out, number); }
  void operator()(const AttributeBytes& bytes) const {
    out.begin_object();
    out.key(kBytesMark);
    write_member(out, bytes);
    out.end();
  }
  void operator()(bool value) const { out.boolean(value); }
  void operator()(std::monostate) const { out.null(); }
  void operator()(const Attribute::List& list) const {
    out.begin_array();
    for (const auto& each : list) write(out, each);
    out.end();
  }
  void operator()(const AttributeMap& map) const {
    if (!may_look_marked(map)) return write_members(out, map);
    Value object = to_plain(map);
    const bool is_marked = read_marked(object).has_value();
    if (is_marked) {
      out.begin_object();
      out.key(kMapMark);
    }
    out.add(std::move(object));
    if (is_marked) out.end();
  }
  void operator()(const TextSet& set) const { write_set(out, kTextSetMark, set); }
  void operator()(const NumberSet& set) const { write_set(out, kNumberSetMark, set); }
  void operator()(const BytesSet& set) const { write_set(out, kBytesSetMark, set); }
};

void write(Builder& out, const Attribute& value) { std::visit(Writer{out}, value.form()); }

template <class Write>
Value built(Write write_all) {
  auto budget = Budget::without_limits();
  Builder out(budget);
  write_all(out);
  if (out.limit() != Limit::None) throw std::length_error(std::string(describe(out.limit())));
  return std::move(out).finish();
}

}  // namespace

Value to_plain(const Attribute& value) {
  return built([&](Builder& out) { write(out, value); });
}

Value to_plain(const AttributeMap& item) {
  return built([&](Builder& out) { write_members(out, item); });
}

Attribute from_plain(const Value& value) {
  switch (value.kind()) {
    case Kind::Null:
      return {};
    case Kind::Bool:
      return Attribute::boolean(value.boolean());
    case Kind::Integer:
    case Kind::Decimal:
      return Attribute(Attribute::Form(ExactNumber::parse(value.number_text()).value_or(ExactNumber())));
    case Kind::String:
      return Attribute::text(value.string());
    case Kind::Array: {
      Attribute::List list;
      list.reserve(value.size());
      for (const auto& each : value.items()) list.push_back(from_plain(each));
      return Attribute(Attribute::Form(std::move(list)));
    }
    case Kind::Object:
      break;
  }
  if (auto marked = read_marked(value)) return *std::move(marked);
  return Attribute(Attribute::Form(read_members(value)));
}

Json to_plain_json(const Attribute& value) { return to_json(to_plain(value)); }
Json to_plain_json(const AttributeMap& item) { return to_json(to_plain(item)); }
Attribute from_plain_json(const Json& value) { return from_plain(from_json(value)); }
Item item_from_plain_json(const Json& object) { return read_members(from_json(object)); }

std::string print_item(const AttributeMap& item) { return print(to_plain(item)); }

Result<AttributeMap> parse_item(std::string_view text) {
  STEPD_TRY(const Value value, parse_value(text));
  if (!value.is_object()) return AslError{"", "an item is a JSON object"};
  return read_members(value);
}

}  // namespace stepd
