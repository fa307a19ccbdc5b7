#include "api/mapping_template.h"

#include "base/encoding.h"
#include "base/limits.h"
#include "base/payload.h"
#include "base/value/builder.h"
#include "base/value/parse.h"
#include "base/value/print.h"
#include "engine/asl/path.h"

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <optional>

namespace stepd::api {
namespace {

enum class Kind { Body, JsonAt, TextAt, Parameter, Context, EscapeJavaScript, UrlEncode, UrlDecode };

struct Name {
  std::string_view text;
  Kind kind;
  bool takes_path = false;
};
constexpr std::array<Name, 9> kNames{{{"input.body", Kind::Body},
                                      {"input.json", Kind::JsonAt, true},
                                      {"input.path", Kind::TextAt, true},
                                      {"input.params", Kind::Parameter},
                                      {"context.requestId", Kind::Context},
                                      {"context.httpMethod", Kind::Context},
                                      {"util.escapeJavaScript", Kind::EscapeJavaScript},
                                      {"util.urlEncode", Kind::UrlEncode},
                                      {"util.urlDecode", Kind::UrlDecode}}};

bool is_util(Kind kind) { return kind == Kind::EscapeJavaScript || kind == Kind::UrlEncode || kind == Kind::UrlDecode; }

bool is_word_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
}

AslError wrong(std::size_t at, const std::string& why) {
  return {"", "character " + std::to_string(at + 1) + ": " + why};
}

void replace_all(std::string& text, const std::string& what, const std::string& by) {
  for (std::size_t at = 0; (at = text.find(what, at)) != std::string::npos; at += by.size()) {
    text.replace(at, what.size(), by);
  }
}

/// As Java's escapeEcmaScript: an apostrophe becomes `\'`, which is no JSON. Letters beyond ASCII stay, which means the
/// same in a JSON string.
std::string escape_java_script(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '"' || c == '\'' || c == '\\' || c == '/') {
      escaped += {'\\', c};
    } else if (static_cast<unsigned char>(c) < 0x20) {
      const auto quoted = print_json(Json(std::string(1, c)));
      escaped += quoted.substr(1, quoted.size() - 2);
    } else {
      escaped += c;
    }
  }
  return escaped;
}

/// As Java's URLEncoder and URLDecoder.
std::string url_encode(std::string_view text) { return percent_encode(text, "-_.*", Space::Plus); }

std::string url_decode(std::string text) {
  if (auto decoded = percent_decode(text, Space::Plus)) return *std::move(decoded);
  std::replace(text.begin(), text.end(), '+', ' ');
  return text;
}

std::string parameter(const Request& request, const std::string& name) {
  if (const auto found = request.captures.find(name); found != request.captures.end()) return found->second;
  if (auto found = request.parameter(name)) return *std::move(found);
  return std::string(request.field(name));
}

}  // namespace

struct MappingTemplate::Expression {
  Kind kind = Kind::Body;
  std::string name;  ///< of a parameter or of a part of the context
  std::optional<asl::Path> path;
  std::shared_ptr<const Expression> argument;  ///< of `$util`
  std::vector<std::pair<std::string, std::string>> replacements;

  Result<std::string> render(const Request& request) const {
    STEPD_TRY(std::string text, plain(request));
    for (const auto& [what, by] : replacements) replace_all(text, what, by);
    return text;
  }

 private:
  Result<std::string> plain(const Request& request) const {
    switch (kind) {
      case Kind::Body:
        return request.body;
      case Kind::Parameter:
        return parameter(request, name);
      case Kind::Context:
        return name == "context.requestId" ? request.id : request.method;
      case Kind::JsonAt:
      case Kind::TextAt:
        return value_at(request);
      default:
        break;
    }
    STEPD_TRY(std::string inner, argument->render(request));
    if (kind == Kind::UrlEncode) return url_encode(inner);
    return kind == Kind::UrlDecode ? url_decode(std::move(inner)) : escape_java_script(inner);
  }

  Result<std::string> value_at(const Request& request) const {
    STEPD_TRY(const Value body, parse_value(request.body));
    Budget budget;
    budget.bytes = limits::kEvaluationBytes;
    const auto found = path->select(body, budget);
    if (!found) return std::string(kind == Kind::JsonAt ? "null" : "");
    return kind == Kind::TextAt && found->is_string() ? std::string(found->string()) : print(*found);
  }
};

namespace {

/// Reads one `$...` and what hangs on it. A fault stays until the end; what is read after it does not count.
class MappingReader {
 public:
  explicit MappingReader(std::string_view text) : text_(text) {}

  std::size_t at = 0;

  Result<std::shared_ptr<const MappingTemplate::Expression>> expression() {
    auto made = std::make_shared<MappingTemplate::Expression>();
    const auto start = at++;
    const auto word = read_word();
    const auto* known = std::find_if(kNames.begin(), kNames.end(), [&](const Name& name) { return name.text == word; });
    if (known == kNames.end()) {
      std::string list;
      for (const auto& name : kNames) list += (list.empty() ? "$" : ", $") + std::string(name.text);
      return wrong(start, "$" + word + " is not known here; known are " + list);
    }
    made->kind = known->kind;
    made->name = word;
    if (is_util(known->kind)) {
      if (!take("(") || at >= text_.size() || text_[at] != '$') return wrong(at, "expected ($...) behind $" + word);
      STEPD_TRY(made->argument, expression());
      if (!take(")")) return wrong(at, "expected )");
    } else if (known->takes_path || known->kind == Kind::Parameter) {
      if (!take("(")) return wrong(at, "expected ( behind $" + word);
      STEPD_TRY(made->name, quoted());
      if (!take(")")) return wrong(at, "expected )");
    }
    if (known->takes_path) {
      auto path = asl::Path::parse(made->name);
      if (!path) return wrong(start, path.error().cause);
      made->path = *std::move(path);
    }
    while (take(".replaceAll(")) {
      STEPD_TRY(std::string what, quoted());
      if (!take(",")) return wrong(at, "expected a comma");
      while (take(" ")) continue;
      STEPD_TRY(std::string by, quoted());
      if (!take(")")) return wrong(at, "expected )");
      replace_all(what, "\\\\", "\\");
      if (what.empty()) return wrong(at, "replaceAll looks for nothing");
      made->replacements.emplace_back(std::move(what), std::move(by));
    }
    return std::shared_ptr<const MappingTemplate::Expression>(std::move(made));
  }

 private:
  /// Ends before `.replaceAll`.
  std::string read_word() {
    const auto start = at;
    while (at < text_.size() && is_word_char(text_[at]) && text_.substr(at, 12) != ".replaceAll(") ++at;
    auto word = std::string(text_.substr(start, at - start));
    while (word.ends_with('.')) {
      word.pop_back();
      --at;
    }
    return word;
  }

  bool take(std::string_view expected) {
    if (text_.substr(at, expected.size()) != expected) return false;
    at += expected.size();
    return true;
  }

  Result<std::string> quoted() {
    const char mark = at < text_.size() ? text_[at] : '\0';
    if (mark != '\'' && mark != '"') return wrong(at, "expected a text in quotes");
    const auto end = text_.find(mark, at + 1);
    if (end == std::string_view::npos) return wrong(at, "the quotes are not closed");
    auto inside = std::string(text_.substr(at + 1, end - at - 1));
    at = end + 1;
    return inside;
  }

  std::string_view text_;
};

}  // namespace

Result<MappingTemplate> MappingTemplate::parse(std::string_view text) {
  MappingTemplate made;
  made.pieces_.emplace_back();
  MappingReader reader(text);
  while (reader.at < text.size()) {
    const auto next = text.substr(reader.at);
    const bool begins = next.size() > 1 && next[0] == '$' && is_word_char(next[1]);
    if (!begins) {
      made.pieces_.back().text += text[reader.at++];
      continue;
    }
    STEPD_TRY(made.pieces_.back().expression, reader.expression());
    made.pieces_.emplace_back();
  }
  return made;
}

Result<std::string> MappingTemplate::render(const Request& request) const {
  std::string text;
  for (const Piece& piece : pieces_) {
    text += piece.text;
    if (piece.expression == nullptr) continue;
    STEPD_TRY(const std::string value, piece.expression->render(request));
    text += value;
  }
  return text;
}

}  // namespace stepd::api
