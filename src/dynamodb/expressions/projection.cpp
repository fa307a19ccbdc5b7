#include "dynamodb/expressions/projection.h"

#include "dynamodb/expressions/expression_reader.h"

namespace stepd::dynamodb {

Result<std::vector<DocumentPath>> parse_projection(std::string_view text, Placeholders& placeholders) {
  ExpressionReader reader("ProjectionExpression", text, placeholders);
  STEPD_CHECK(reader.check_size());
  std::vector<DocumentPath> paths;
  do {
    STEPD_TRY(DocumentPath path, reader.path());
    paths.push_back(std::move(path));
  } while (reader.take(","));
  if (!reader.at_end()) return reader.syntax_error();
  if (auto conflict = find_conflict(paths); !conflict.empty()) reader.note(ExpressionFault::Paths, std::move(conflict));
  STEPD_CHECK(reader.verdict());
  return paths;
}

}  // namespace stepd::dynamodb
