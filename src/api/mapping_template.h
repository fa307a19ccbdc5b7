// API Gateway's mapping templates, as far as integrations of Step Functions use them: texts in which the request's
// parts stand for `$input...`, `$util...` and `$context...`. There are no variables, conditions or loops.
#pragma once

#include "api/http.h"
#include "base/result.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::api {

/// Immutable, any thread. Known are `$input.body`, `$input.json('PATH')`, `$input.path('PATH')`,
/// `$input.params('NAME')` (path, query, header), `$context.requestId`, `$context.httpMethod`,
/// `$util.escapeJavaScript(...)`, `$util.urlEncode(...)`, `$util.urlDecode(...)`, and behind any of them
/// `.replaceAll("text", "text")`. `\\'` in the text that replaceAll looks for is `\'`, as in a regular expression.
class MappingTemplate {
 public:
  /// The error's name is empty, its cause says what is wrong and at which character.
  static Result<MappingTemplate> parse(std::string_view text);

  /// Error: the body is not the JSON that a path looks into; name empty.
  Result<std::string> render(const Request& request) const;

  struct Expression;

 private:
  struct Piece {
    std::string text;
    std::shared_ptr<const Expression> expression;  ///< follows the text; null: none
  };
  std::vector<Piece> pieces_;
};

}  // namespace stepd::api
