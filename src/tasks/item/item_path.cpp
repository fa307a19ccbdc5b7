#include "tasks/item/item_path.h"

#include <nlohmann/json.hpp>
#include <span>

namespace stepd::tasks {
namespace {

using Step = std::variant<std::string, std::size_t>;

constexpr std::size_t kStepsMax = 32;  // DynamoDB's limit of nesting

Json* child(Json& value, const Step& step) {
  if (const auto* name = std::get_if<std::string>(&step)) {
    if (!value.is_object()) return nullptr;
    const auto found = value.find(*name);
    return found == value.end() ? nullptr : &*found;
  }
  const auto index = std::get<std::size_t>(step);
  return value.is_array() && index < value.size() ? &value[index] : nullptr;
}

Json* descend(Json& value, std::span<const Step> steps) {
  Json* at = &value;
  for (const auto& step : steps) {
    at = child(*at, step);
    if (at == nullptr) return nullptr;
  }
  return at;
}

void project_steps(const Json& from, Json& to, std::span<const Step> steps) {
  if (steps.empty()) {
    to = from;
    return;
  }
  // Read only: the shared walk wants it writable.
  const Json* found = child(const_cast<Json&>(from), steps.front());
  if (found == nullptr || descend(const_cast<Json&>(*found), steps.subspan(1)) == nullptr) return;
  if (const auto* name = std::get_if<std::string>(&steps.front())) {
    if (!to.is_object()) to = Json::object();
    project_steps(*found, to[*name], steps.subspan(1));
  } else {
    if (!to.is_array()) to = Json::array();
    to.push_back(Json());
    project_steps(*found, to.back(), steps.subspan(1));
  }
}

}  // namespace

Result<ItemPath> ItemPath::parse(const Json& given) {
  const AslError wrong{"", "expected the name of an attribute, or an array of names and indexes"};
  ItemPath path;
  if (given.is_string()) {
    path.steps_.emplace_back(given.get<std::string>());
    return path;
  }
  if (!given.is_array() || given.empty() || given.size() > kStepsMax || !given.front().is_string()) return wrong;
  for (const auto& step : given) {
    if (step.is_string()) {
      path.steps_.emplace_back(step.get<std::string>());
    } else if (step.is_number_unsigned()) {
      path.steps_.emplace_back(step.get<std::size_t>());
    } else {
      return wrong;
    }
  }
  return path;
}

const Json* ItemPath::find(const Json& item) const { return descend(const_cast<Json&>(item), steps_); }

Result<void> ItemPath::put(Json& item, Json value) const {
  Json* parent = descend(item, std::span(steps_).first(steps_.size() - 1));
  const AslError nowhere{"Item.InvalidUpdate", "There is nothing that '" + text() + "' could be put into."};
  if (parent == nullptr) return nowhere;
  if (const auto* name = std::get_if<std::string>(&steps_.back())) {
    if (!parent->is_object()) return nowhere;
    (*parent)[*name] = std::move(value);
    return {};
  }
  if (!parent->is_array()) return nowhere;
  const auto index = std::get<std::size_t>(steps_.back());
  if (index < parent->size()) {
    (*parent)[index] = std::move(value);
  } else {
    parent->push_back(std::move(value));
  }
  return {};
}

void ItemPath::erase(Json& item) const {
  Json* parent = descend(item, std::span(steps_).first(steps_.size() - 1));
  if (parent == nullptr || child(*parent, steps_.back()) == nullptr) return;
  if (const auto* name = std::get_if<std::string>(&steps_.back())) {
    parent->erase(*name);
  } else {
    parent->erase(std::get<std::size_t>(steps_.back()));
  }
}

void ItemPath::project(const Json& item, Json& part) const { project_steps(item, part, steps_); }

std::string ItemPath::text() const {
  std::string text;
  for (const auto& step : steps_) {
    if (const auto* name = std::get_if<std::string>(&step)) {
      text += (text.empty() ? "" : ".") + *name;
    } else {
      text += "[" + std::to_string(std::get<std::size_t>(step)) + "]";
    }
  }
  return text;
}

std::optional<std::vector<ItemPath>> read_paths(Arguments& arguments, std::string_view name) {
  const Json* given = arguments.optional_array(name);
  if (given == nullptr) return std::nullopt;
  std::vector<ItemPath> paths;
  for (const auto& each : *given) {
    auto path = ItemPath::parse(each);
    if (path) {
      paths.push_back(*std::move(path));
    } else {
      arguments.refuse(name, path.error().cause);
    }
  }
  return paths;
}

Json project(const Json& item, const std::vector<ItemPath>& paths) {
  Json part = Json::object();
  for (const auto& path : paths) path.project(item, part);
  return part;
}

}  // namespace stepd::tasks
