#include "templates/parameters.h"

#include "templates/template.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <algorithm>
#include <charconv>
#include <memory>

namespace stepd::templates {
namespace {

constexpr std::string_view kStored = "AWS::SSM::Parameter::Value<";

bool is_list_type(std::string_view type) {
  return type.find("List<") != std::string_view::npos || type.find("CommaDelimitedList") != std::string_view::npos;
}

Node list_of(const std::string& text, Place at) {
  Node list = Node::list(at);
  for (std::size_t from = 0; from <= text.size();) {
    const auto comma = std::min(text.find(',', from), text.size());
    auto item = std::string_view(text).substr(from, comma - from);
    while (item.starts_with(' ')) item.remove_prefix(1);
    while (item.ends_with(' ')) item.remove_suffix(1);
    list.items.push_back(Node::of(std::string(item), at));
    from = comma + 1;
  }
  return list;
}

std::optional<double> number_of(const std::string& text) {
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || read.ec != std::errc{} || read.ptr != text.data() + text.size()) return std::nullopt;
  return value;
}

enum class Match : std::uint8_t { Yes, No, Malformed };

/// The pattern matches the whole value. Takes a bounded number of steps.
Match matches(const std::string& pattern, const std::string& value) {
  int code = 0;
  PCRE2_SIZE offset = 0;
  const std::unique_ptr<pcre2_code, decltype(&pcre2_code_free)> compiled(
      pcre2_compile(reinterpret_cast<PCRE2_SPTR>(pattern.data()), pattern.size(),
                    PCRE2_UTF | PCRE2_ANCHORED | PCRE2_ENDANCHORED, &code, &offset, nullptr),
      &pcre2_code_free);
  if (compiled == nullptr) return Match::Malformed;
  const std::unique_ptr<pcre2_match_context, decltype(&pcre2_match_context_free)> context(
      pcre2_match_context_create(nullptr), &pcre2_match_context_free);
  constexpr std::uint32_t kSteps = 1'000'000;
  constexpr std::uint32_t kDepth = 10'000;
  pcre2_set_match_limit(context.get(), kSteps);
  pcre2_set_depth_limit(context.get(), kDepth);
  const std::unique_ptr<pcre2_match_data, decltype(&pcre2_match_data_free)> found(
      pcre2_match_data_create_from_pattern(compiled.get(), nullptr), &pcre2_match_data_free);
  const int count = pcre2_match(compiled.get(), reinterpret_cast<PCRE2_SPTR>(value.data()), value.size(), 0, 0,
                                found.get(), context.get());
  return count >= 0 ? Match::Yes : Match::No;
}

class Declaration {
 public:
  Declaration(const Member& member, Problems& problems)
      : name_(member.name), body_(member.value), at_(member.at), problems_(problems) {
    type_ = body_.text_of("Type").value_or("");
    if (!body_.is_map() || type_.empty()) problems_.error(at_, "Parameters: " + name_ + " has no Type");
    secret_ = body_.text_of("NoEcho").value_or("") == "true";
  }

  bool is_secret() const { return secret_; }

  std::optional<Node> value(const ParameterSources& sources) const {
    if (const auto given = sources.given.find(name_); given != sources.given.end()) return typed(given->second);
    if (const auto usual = sources.defaults.find(name_); usual != sources.defaults.end()) return typed(usual->second);
    const Node* fallback = body_.find("Default");
    if (fallback == nullptr) return std::nullopt;
    if (!fallback->is_scalar()) {
      problems_.error(fallback->at, "Parameters: " + name_ + ": Default: expected a text");
      return Node::of("", at_);
    }
    return type_.starts_with(kStored) ? stored(*fallback, sources) : typed(*fallback);
  }

  /// `Stage (the stage)`.
  std::string described() const {
    const auto description = body_.text_of("Description");
    return description ? name_ + " (" + *description + ")" : name_;
  }

 private:
  /// The default is the name of a parameter of the SSM parameter store.
  std::optional<Node> stored(const Node& named, const ParameterSources& sources) const {
    const auto found = sources.stored == nullptr ? std::nullopt : sources.stored->text_of(named.text);
    if (found) return typed(Node::of(*found, named.at));
    problems_.error(at_, "Parameters: " + name_ + " is the SSM parameter " + named.text +
                             "; give its value by --parameter " + name_ +
                             "=VALUE, or under ssm: in the file of --values");
    return Node::of("", at_);
  }

  Node typed(const Node& value) const {
    if (value.is_list()) {
      for (const auto& item : value.items) check(item.text);
      return is_list_type(type_) ? value : joined(value);
    }
    Node text = Node::of(value.text, at_);
    if (!is_list_type(type_)) {
      check(text.text);
      return text;
    }
    Node list = list_of(text.text, at_);
    for (const auto& item : list.items) check(item.text);
    return list;
  }

  static Node joined(const Node& list) {
    std::string text;
    for (const auto& item : list.items) text += (text.empty() ? "" : ",") + item.text;
    return Node::of(text, list.at);
  }

  void check(const std::string& value) const {
    if (const Node* allowed = body_.find("AllowedValues"); allowed != nullptr && allowed->is_list()) {
      const bool found = std::any_of(allowed->items.begin(), allowed->items.end(),
                                     [&](const Node& each) { return each.text == value; });
      if (!found) refuse(value, "is none of " + shown_list(*allowed));
    }
    if (const auto pattern = body_.text_of("AllowedPattern")) {
      const auto match = matches(*pattern, value);
      if (match == Match::Malformed)
        problems_.error(at_, "Parameters: " + name_ + ": AllowedPattern is no regular expression");
      if (match == Match::No) refuse(value, "does not match " + *pattern);
    }
    check_size(value);
  }

  void check_size(const std::string& value) const {
    const auto bound = [&](const char* name) {
      const auto text = body_.text_of(name);
      return text ? number_of(*text) : std::nullopt;
    };
    const auto length = static_cast<double>(value.size());
    if (const auto least = bound("MinLength"); least && length < *least) refuse(value, "is shorter than MinLength");
    if (const auto most = bound("MaxLength"); most && length > *most) refuse(value, "is longer than MaxLength");
    const auto number = number_of(value);
    if (type_ == "Number" && !number) refuse(value, "is no number");
    if (!number) return;
    if (const auto least = bound("MinValue"); least && *number < *least) refuse(value, "is less than MinValue");
    if (const auto most = bound("MaxValue"); most && *number > *most) refuse(value, "is more than MaxValue");
  }

  void refuse(const std::string& value, const std::string& why) const {
    const auto shown = secret_ ? std::string("the value") : "'" + value.substr(0, 60) + "'";
    const auto constraint = body_.text_of("ConstraintDescription");
    problems_.error(at_, "parameter " + name_ + ": " + shown + " " + why + (constraint ? "; " + *constraint : ""));
  }

  static std::string shown_list(const Node& list) {
    std::string text;
    for (const auto& item : list.items) text += (text.empty() ? "" : ", ") + item.text;
    return text;
  }

  const std::string& name_;
  const Node& body_;
  Place at_;
  Problems& problems_;
  std::string type_;
  bool secret_ = false;
};

void check_given(const Node& declarations, const ParameterValues& given, Problems& problems) {
  std::vector<std::string_view> known;
  for (const auto& member : declarations.members) known.push_back(member.name);
  for (const auto& [name, value] : given) {
    if (declarations.has(name)) continue;
    problems.error(value.at.line > 0 ? value.at : declarations.at,
                   "the template has no parameter '" + name + "'" + suggestion(name, known));
  }
}

}  // namespace

ParameterValues read_parameters(const Node& declarations, const ParameterSources& sources, Problems& problems,
                                std::vector<std::string>& secrets) {
  ParameterValues values;
  std::string missing;
  Place first;
  for (const auto& member : declarations.members) {
    const Declaration declared(member, problems);
    auto value = declared.value(sources);
    if (!value) {
      if (missing.empty()) first = member.at;
      missing += (missing.empty() ? "" : ", ") + declared.described();
      value = Node::of("", member.at);
    }
    if (declared.is_secret() && !value->text.empty()) secrets.push_back(value->text);
    values[member.name] = *std::move(value);
  }
  if (!missing.empty()) problems.error(first, "these parameters need a value, --parameter NAME=VALUE: " + missing);
  check_given(declarations, sources.given, problems);
  return values;
}

}  // namespace stepd::templates
