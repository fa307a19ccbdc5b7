#include "dynamodb/expressions/document_path.h"

#include <algorithm>
#include <map>
#include <utility>

namespace stepd::dynamodb {
namespace {

const Attribute* child(const Attribute& value, const PathStep& step) {
  if (const auto* name = std::get_if<std::string>(&step)) {
    const auto* map = value.as<AttributeMap>();
    return map == nullptr ? nullptr : map->find(*name);
  }
  const auto* list = value.as<Attribute::List>();
  const auto index = std::get<std::size_t>(step);
  return list == nullptr || index >= list->size() ? nullptr : &(*list)[index];
}

/// Of what a path of several steps stands in.
Attribute* find_parent(Item& item, const DocumentPath& path) {
  return const_cast<Attribute*>(find_at(item, DocumentPath(path.begin(), std::prev(path.end()))));
}

/// What of a value is wanted: all of it, or what lies beneath. By steps, so that elements of a list are in order.
struct Wanted {
  bool whole = false;
  std::map<PathStep, Wanted> beneath;
};

std::optional<Attribute> take(const Attribute& value, const Wanted& wanted) {
  if (wanted.whole) return value;
  if (value.type() == AttributeType::List) {
    Attribute::List part;
    for (const auto& [step, inner] : wanted.beneath) {
      const auto* found = child(value, step);
      if (found == nullptr) continue;
      if (auto taken = take(*found, inner)) part.push_back(*std::move(taken));
    }
    if (part.empty()) return std::nullopt;
    return Attribute(Attribute::Form(std::move(part)));
  }
  if (const auto* map = value.as<AttributeMap>()) {
    std::vector<AttributeMember> part;
    for (const auto* member : map->in_order()) {
      const auto inner = wanted.beneath.find(PathStep(member->name));
      if (inner == wanted.beneath.end()) continue;
      if (auto taken = take(member->value, inner->second)) part.push_back({member->name, *std::move(taken)});
    }
    if (part.empty()) return std::nullopt;
    return Attribute(Attribute::Form(AttributeMap(std::move(part))));
  }
  return std::nullopt;
}

}  // namespace

const Attribute* find_at(const Item& item, const DocumentPath& path) {
  const Attribute* at = item.find(std::get<std::string>(path.front()));
  for (std::size_t i = 1; i < path.size() && at != nullptr; ++i) at = child(*at, path[i]);
  return at;
}

bool put_at(Item& item, const DocumentPath& path, Attribute value) {
  if (path.size() == 1) {
    item.set(std::get<std::string>(path.front()), std::move(value));
    return true;
  }
  Attribute* parent = find_parent(item, path);
  if (parent == nullptr) return false;
  if (const auto* name = std::get_if<std::string>(&path.back())) {
    auto* map = parent->as<AttributeMap>();
    if (map != nullptr) map->set(*name, std::move(value));
    return map != nullptr;
  }
  auto* list = parent->as<Attribute::List>();
  if (list == nullptr) return false;
  const auto index = std::get<std::size_t>(path.back());
  if (index < list->size()) {
    (*list)[index] = std::move(value);
  } else {
    list->push_back(std::move(value));
  }
  return true;
}

bool erase_at(Item& item, const DocumentPath& path) {
  if (path.size() == 1) {
    item.erase(std::get<std::string>(path.front()));
    return true;
  }
  Attribute* parent = find_parent(item, path);
  if (parent == nullptr) return false;
  if (const auto* name = std::get_if<std::string>(&path.back())) {
    auto* map = parent->as<AttributeMap>();
    if (map != nullptr) map->erase(*name);
    return map != nullptr;
  }
  auto* list = parent->as<Attribute::List>();
  if (list == nullptr) return false;
  const auto index = std::get<std::size_t>(path.back());
  if (index < list->size()) list->erase(list->begin() + static_cast<std::ptrdiff_t>(index));
  return true;
}

Item project(const Item& item, std::span<const DocumentPath> paths) {
  std::map<std::string, Wanted, std::less<>> wanted;
  for (const auto& path : paths) {
    Wanted* at = &wanted[std::get<std::string>(path.front())];
    for (std::size_t i = 1; i < path.size(); ++i) at = &at->beneath[path[i]];
    at->whole = true;
  }
  std::vector<AttributeMember> part;
  for (const auto* member : item.in_order()) {
    const auto found = wanted.find(member->name);
    if (found == wanted.end()) continue;
    if (auto taken = take(member->value, found->second)) part.push_back({member->name, *std::move(taken)});
  }
  return Item(std::move(part));
}

std::string show(const DocumentPath& path) {
  std::string text;
  for (const auto& step : path) {
    text += text.empty() ? "[" : ", ";
    if (const auto* name = std::get_if<std::string>(&step)) {
      text += *name;
    } else {
      text += "[" + std::to_string(std::get<std::size_t>(step)) + "]";
    }
  }
  return text + "]";
}

std::string conflict_between(const DocumentPath& one, const DocumentPath& two) {
  const auto message = [&](const char* verb) {
    return std::string("Two document paths ") + verb +
           " with each other; must remove or rewrite one of these paths; path one: " + show(one) +
           ", path two: " + show(two);
  };
  for (std::size_t i = 0; i < std::min(one.size(), two.size()); ++i) {
    if (one[i].index() != two[i].index()) return message("conflict");
    if (one[i] != two[i]) return "";
  }
  return message("overlap");
}

std::string find_conflict(std::span<const DocumentPath> paths) {
  for (std::size_t later = 1; later < paths.size(); ++later) {
    for (std::size_t earlier = 0; earlier < later; ++earlier) {
      auto conflict = conflict_between(paths[earlier], paths[later]);
      if (!conflict.empty()) return conflict;
    }
  }
  return "";
}

}  // namespace stepd::dynamodb
