#include "dynamodb/expressions/expression_placeholders.h"

namespace stepd::dynamodb {
namespace {

template <class Map>
auto* look_up(const Map& map, std::string_view placeholder, std::set<std::string, std::less<>>& used) {
  const auto found = map.find(placeholder);
  if (found != map.end()) used.emplace(placeholder);
  return found == map.end() ? nullptr : &found->second;
}

template <class Map>
std::string list_unused(const Map& map, const std::set<std::string, std::less<>>& used) {
  std::string list;
  for (const auto& [placeholder, value] : map) {
    if (!used.contains(placeholder)) list += (list.empty() ? "" : ", ") + placeholder;
  }
  return list;
}

}  // namespace

const std::string* Placeholders::name(std::string_view placeholder) { return look_up(names_, placeholder, used_); }

const Attribute* Placeholders::value(std::string_view placeholder) { return look_up(values_, placeholder, used_); }

std::string Placeholders::unused() const {
  const auto complaint = [](const char* map, const std::string& keys) {
    return std::string("Value provided in ") + map + " unused in expressions: keys: {" + keys + "}";
  };
  if (const auto names = list_unused(names_, used_); !names.empty())
    return complaint("ExpressionAttributeNames", names);
  if (const auto values = list_unused(values_, used_); !values.empty())
    return complaint("ExpressionAttributeValues", values);
  return "";
}

}  // namespace stepd::dynamodb
