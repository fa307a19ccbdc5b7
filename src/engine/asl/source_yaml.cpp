// YAML text -> value by the YAML 1.2 core schema: only plain `true`, `false`, `null`, `~` and numbers are no strings.
#include "base/json_pointer.h"
#include "base/limits.h"
#include "base/long_integer.h"
#include "engine/asl/source.h"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/yaml.h>
#include <charconv>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>

namespace stepd::asl {
namespace {

class Converter {
 public:
  Result<Json> convert(const YAML::Node& node, Place& place, int depth) {
    if (depth > limits::kJsonDepth)
      return fail(node, "nested more than " + std::to_string(limits::kJsonDepth) + " levels deep");
    // Aliases are copied, so a small document can stand for a large one: it may become as large as any other.
    bytes_ += 2 + (node.IsScalar() ? node.Scalar().size() : 0);
    if (bytes_ > limits::kDefinitionBytes) {
      return fail(node,
                  "aliases make the definition longer than " + std::to_string(limits::kDefinitionBytes) + " bytes");
    }
    switch (node.Type()) {
      case YAML::NodeType::Map:
        return map(node, place, depth);
      case YAML::NodeType::Sequence:
        return sequence(node, place, depth);
      case YAML::NodeType::Scalar:
        return scalar(node);
      default:
        return Json();
    }
  }

 private:
  static bool is_merge(const YAML::Node& key) { return key.Tag() == "?" && key.Scalar() == "<<"; }

  Result<Json> map(const YAML::Node& node, Place& place, int depth) {
    Json object = Json::object();
    for (const auto& member : node) {
      if (!member.first.IsScalar()) return fail(member.first, "a key must be a plain text");
      if (is_merge(member.first)) continue;
      const auto& name = member.first.Scalar();
      if (place.members.contains(name)) return fail(member.first, "the key '" + name + "' stands twice in this object");
      STEPD_CHECK(add(member, object, place, depth));
    }
    for (const auto& member : node) {
      if (is_merge(member.first)) STEPD_CHECK(merge(member.second, object, place, depth));
    }
    return object;
  }

  template <class Member>
  Result<void> add(const Member& member, Json& object, Place& place, int depth) {
    const auto& name = member.first.Scalar();
    bytes_ += name.size();
    auto& child = place.members[name];
    child.position = position(member.first);
    STEPD_TRY(auto value, convert(member.second, child, depth + 1));
    object.get_ref<Json::object_t&>().emplace_back(name, std::move(value));
    return {};
  }

  /// `<<: *base` or a list of such: members that are not there yet (YAML 1.1 merge keys, as CloudFormation's users
  /// know).
  Result<void> merge(const YAML::Node& base, Json& object, Place& place, int depth) {
    if (base.IsSequence() && depth <= limits::kJsonDepth) {
      for (const auto& each : base) STEPD_CHECK(merge(each, object, place, depth + 1));
      return {};
    }
    if (!base.IsMap()) return fail(base, "'<<' takes an alias of a map, or a list of such");
    for (const auto& member : base) {
      if (!member.first.IsScalar()) return fail(member.first, "a key must be a plain text");
      if (is_merge(member.first)) return fail(member.first, "'<<' inside what is merged is not supported");
      if (place.members.contains(member.first.Scalar())) continue;
      STEPD_CHECK(add(member, object, place, depth));
    }
    return {};
  }

  Result<Json> sequence(const YAML::Node& node, Place& place, int depth) {
    Json array = Json::array();
    for (const auto& item : node) {
      auto& child = place.members[std::to_string(array.size())];
      child.position = position(item);
      STEPD_TRY(auto value, convert(item, child, depth + 1));
      array.push_back(std::move(value));
    }
    return array;
  }

  static Result<Json> scalar(const YAML::Node& node) {
    const auto& text = node.Scalar();
    // CloudFormation's short forms name what SAM's ${placeholders} name.
    if (node.Tag() == "!Ref" || node.Tag() == "!GetAtt") return Json("${" + text + "}");
    if (node.Tag() != "?") return Json(text);  // quoted, a block, or tagged
    if (text.empty() || text == "null" || text == "~" || text == "Null" || text == "NULL") return Json();
    if (text == "true" || text == "True" || text == "TRUE") return Json(true);
    if (text == "false" || text == "False" || text == "FALSE") return Json(false);
    const auto unsigned_text = std::string_view(text).substr(text[0] == '-' || text[0] == '+' ? 1 : 0);
    if (unsigned_text == ".inf" || unsigned_text == ".Inf" || unsigned_text == ".INF" || text == ".nan" ||
        text == ".NaN" || text == ".NAN") {
      return fail(node, "'" + text + "' is no number that JSON knows");
    }
    if (text.starts_with("0x")) return based(text, 16);
    if (text.starts_with("0o")) return based(text, 8);
    return number(node, text);
  }

  static Json based(const std::string& text, int base) {
    std::uint64_t value = 0;
    const char* end = text.data() + text.size();
    const auto read = std::from_chars(text.data() + 2, end, value, base);
    return read.ec == std::errc{} && read.ptr == end ? Json(value) : Json(text);
  }

  static Result<Json> number(const YAML::Node& node, const std::string& text) {
    const bool plus = text[0] == '+';
    const char* begin = text.data() + (plus ? 1 : 0);
    const char* end = text.data() + text.size();
    const bool looks = text.find_first_not_of("0123456789+-.eE") == std::string::npos && (!plus || text[1] != '-');
    if (!looks) return Json(text);
    std::int64_t whole = 0;
    if (const auto read = std::from_chars(begin, end, whole); read.ec == std::errc{} && read.ptr == end)
      return Json(whole);
    std::uint64_t large = 0;
    if (const auto read = std::from_chars(begin, end, large); read.ec == std::errc{} && read.ptr == end)
      return Json(large);
    double real = 0;
    const auto read = std::from_chars(begin, end, real);
    if (read.ptr != end || read.ec == std::errc::invalid_argument) return Json(text);
    if (read.ec == std::errc::result_out_of_range) return fail(node, "the number " + text + " is out of range");
    return json_number(real, {begin, end});
  }

  static Position position(const YAML::Node& node) { return {node.Mark().line + 1, node.Mark().column + 1}; }

  static AslError fail(const YAML::Node& node, const std::string& why) {
    return {"", "line " + std::to_string(node.Mark().line + 1) + ", column " + std::to_string(node.Mark().column + 1) +
                    ": " + why};
  }

  std::size_t bytes_ = 0;
};

/// Takes no notice of anything but where the document begins.
class DocumentStart final : public YAML::EventHandler {
 public:
  YAML::Mark mark;
  void OnDocumentStart(const YAML::Mark& at) override { mark = at; }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {}
  void OnMapEnd() override {}
};

/// Not YAML::LoadAll, which never comes to an end where a stray bracket follows the document (yaml-cpp 0.7).
std::optional<YAML::Mark> second_document(const std::string& text) {
  std::istringstream in(text);
  YAML::Parser parser(in);
  DocumentStart start;
  if (parser.HandleNextDocument(start) && parser.HandleNextDocument(start)) return start.mark;
  return std::nullopt;
}

}  // namespace

Result<Json> read_yaml_with_places(std::string_view text, Place& root) {
  try {
    const std::string owned(text);
    if (const auto mark = second_document(owned)) {
      return AslError{"", "line " + std::to_string(mark->line + 1) + ", column " + std::to_string(mark->column + 1) +
                              ": the definition has ended, and more follows"};
    }
    return Converter().convert(YAML::Load(owned), root, 0);
  } catch (const YAML::Exception& error) {
    return AslError{"", "line " + std::to_string(error.mark.line + 1) + ", column " +
                            std::to_string(error.mark.column + 1) + ": " + error.msg};
  }
}

}  // namespace stepd::asl
