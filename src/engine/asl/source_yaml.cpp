// YAML text -> value by the YAML 1.2 core schema: only plain `true`, `false`, `null`, `~` and numbers are no strings.
#include "base/limits.h"
#include "engine/asl/pointer.h"
#include "engine/asl/source.h"

#include <yaml-cpp/yaml.h>
#include <charconv>
#include <nlohmann/json.hpp>

namespace stepd::asl {
namespace {

using Positions = std::map<std::string, Position, std::less<>>;

/// Aliases are copied, so a small document can stand for a large one: this bounds it.
constexpr std::size_t kValuesMax = 1'000'000;

class Converter {
 public:
  explicit Converter(Positions& positions) : positions_(positions) {}

  Result<Json> convert(const YAML::Node& node, const std::string& pointer, int depth) {
    if (depth > limits::kJsonDepth)
      return fail(node, "nested more than " + std::to_string(limits::kJsonDepth) + " levels deep");
    if (++values_ > kValuesMax) return fail(node, "aliases make more than " + std::to_string(kValuesMax) + " values");
    switch (node.Type()) {
      case YAML::NodeType::Map:
        return map(node, pointer, depth);
      case YAML::NodeType::Sequence:
        return sequence(node, pointer, depth);
      case YAML::NodeType::Scalar:
        return scalar(node);
      default:
        return Json();
    }
  }

 private:
  Result<Json> map(const YAML::Node& node, const std::string& pointer, int depth) {
    Json object = Json::object();
    for (const auto& member : node) {
      if (!member.first.IsScalar()) return fail(member.first, "a key must be a plain text");
      const auto& name = member.first.Scalar();
      if (object.contains(name)) return fail(member.first, "the key '" + name + "' stands twice in this object");
      const auto child = child_pointer(pointer, name);
      positions_[child] = position(member.first);
      STEPD_TRY(auto value, convert(member.second, child, depth + 1));
      object[name] = std::move(value);
    }
    return object;
  }

  Result<Json> sequence(const YAML::Node& node, const std::string& pointer, int depth) {
    Json array = Json::array();
    for (const auto& item : node) {
      const auto child = child_pointer(pointer, std::to_string(array.size()));
      positions_[child] = position(item);
      STEPD_TRY(auto value, convert(item, child, depth + 1));
      array.push_back(std::move(value));
    }
    return array;
  }

  static Json scalar(const YAML::Node& node) {
    const auto& text = node.Scalar();
    if (node.Tag() != "?") return text;  // quoted, a block, or tagged
    if (text.empty() || text == "null" || text == "~" || text == "Null" || text == "NULL") return Json();
    if (text == "true" || text == "True" || text == "TRUE") return true;
    if (text == "false" || text == "False" || text == "FALSE") return false;
    return number(text);
  }

  static Json number(const std::string& text) {
    const char* begin = text.data() + (text[0] == '+' ? 1 : 0);
    const char* end = text.data() + text.size();
    std::int64_t whole = 0;
    if (const auto read = std::from_chars(begin, end, whole); read.ec == std::errc{} && read.ptr == end) return whole;
    double real = 0;
    const bool looks = text.find_first_not_of("0123456789+-.eE") == std::string::npos;
    if (const auto read = std::from_chars(begin, end, real); looks && read.ec == std::errc{} && read.ptr == end)
      return real;
    return text;
  }

  static Position position(const YAML::Node& node) { return {node.Mark().line + 1, node.Mark().column + 1}; }

  static AslError fail(const YAML::Node& node, const std::string& why) {
    return {"", "line " + std::to_string(node.Mark().line + 1) + ", column " + std::to_string(node.Mark().column + 1) +
                    ": " + why};
  }

  Positions& positions_;
  std::size_t values_ = 0;
};

}  // namespace

Result<Json> read_yaml_with_positions(std::string_view text, Positions& positions) {
  try {
    return Converter(positions).convert(YAML::Load(std::string(text)), "", 0);
  } catch (const YAML::Exception& error) {
    return AslError{"", "line " + std::to_string(error.mark.line + 1) + ", column " +
                            std::to_string(error.mark.column + 1) + ": " + error.msg};
  }
}

}  // namespace stepd::asl
