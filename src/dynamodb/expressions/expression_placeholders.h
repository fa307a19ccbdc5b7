// ExpressionAttributeNames and ExpressionAttributeValues of one request, and which of them its expressions have used.
#pragma once

#include "base/attribute/attribute.h"
#include "base/result.h"

#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

namespace stepd::dynamodb {

class Placeholders {
 public:
  Placeholders() = default;
  Placeholders(std::map<std::string, std::string, std::less<>> names,
               std::map<std::string, Attribute, std::less<>> values)
      : names_(std::move(names)), values_(std::move(values)) {}

  /// `placeholder` with its `#` or `:`. Null if it is not defined; it counts as used from now on.
  const std::string* name(std::string_view placeholder);
  const Attribute* value(std::string_view placeholder);

  /// After the last expression: the complaint about those that none has used; empty if there are none.
  std::string unused() const;

 private:
  std::map<std::string, std::string, std::less<>> names_;
  std::map<std::string, Attribute, std::less<>> values_;
  std::set<std::string, std::less<>> used_;
};

}  // namespace stepd::dynamodb
