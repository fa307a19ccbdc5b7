#include "engine/asl/location.h"

#include "base/json_pointer.h"
#include "engine/asl/placeholder.h"

#include <cstdlib>
#include <nlohmann/json.hpp>
#include <vector>

namespace stepd::asl {
namespace {

constexpr std::size_t kLargeObject = 64;  // members are looked up one after the other

std::string last_token(const std::string& pointer) {
  return plain_token(std::string_view(pointer).substr(pointer.rfind('/') + 1));
}

}  // namespace

bool is_placeholder(const Json& value) {
  if (value.is_string()) return has_placeholder(value.get_ref<const std::string&>());
  if (!value.is_object() || value.size() != 1) return false;
  const auto& name = value.begin().key();
  return name.starts_with("Fn::") || name == "Ref";
}

Locations::Locations(const Json& document) { sites_.emplace("", Site{&document, "", false}); }

std::string Locations::of(const std::string& pointer) {
  if (pointer.empty()) return "/";
  return location_of(site(pointer.substr(0, pointer.rfind('/'))), last_token(pointer));
}

bool Locations::is_templated(const std::string& pointer) {
  const auto& place = site(pointer);
  return place.templated || (place.value != nullptr && is_placeholder(*place.value));
}

const Locations::Site& Locations::site(const std::string& pointer) {
  // Not by recursion: a hostile document is nested deeply.
  std::vector<std::string> missing;
  std::string known = pointer;
  while (!sites_.contains(known)) {
    missing.push_back(known);
    known.resize(known.rfind('/'));
  }
  const Site* at = &sites_.at(known);
  for (auto each = missing.rbegin(); each != missing.rend(); ++each) {
    const auto name = last_token(*each);
    Site next{child(at->value, name), location_of(*at, name), at->templated || has_placeholder(name)};
    at = &sites_.emplace(*each, std::move(next)).first->second;
  }
  return *at;
}

const Json* Locations::child(const Json* value, const std::string& name) {
  if (value == nullptr) return nullptr;
  if (value->is_array()) {
    const auto index = static_cast<std::size_t>(std::strtoul(name.c_str(), nullptr, 10));
    return index < value->size() ? &(*value)[index] : nullptr;
  }
  if (!value->is_object()) return nullptr;
  if (value->size() < kLargeObject) {
    const auto found = value->find(name);
    return found == value->end() ? nullptr : &*found;
  }
  auto& members = members_[value];
  if (members.empty()) {
    for (const auto& member : value->get_ref<const Json::object_t&>()) members.emplace(member.first, &member.second);
  }
  const auto found = members.find(name);
  return found == members.end() ? nullptr : found->second;
}

std::string Locations::location_of(const Site& parent, const std::string& name) {
  const bool in_list = parent.value != nullptr && parent.value->is_array();
  return parent.location + (in_list ? "[" + name + "]" : "/" + name);
}

}  // namespace stepd::asl
