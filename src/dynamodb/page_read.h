// What Query and Scan have in common: a page of the items of a table or an index, filtered, projected and counted.
#pragma once

#include "dynamodb/api_request.h"
#include "dynamodb/dynamodb_operation.h"
#include "dynamodb/expression_parameters.h"
#include "dynamodb/expressions/condition_expression.h"

#include <optional>
#include <string>

namespace stepd::dynamodb {

enum class PageKind : std::uint8_t { Query, Scan };

/// The parameters that both have. They are read from the request before its check().
class PageParameters {
 public:
  PageParameters(Request& request, PageKind kind);

  /// Combinations, values and expressions; `placeholders` are those of the request. Afterwards the other members count.
  Result<void> read(Placeholders& placeholders);
  Result<Placeholders> read_placeholders() const;

  std::string table;
  std::optional<std::string> index;
  std::optional<std::int64_t> limit;
  bool is_consistent = false;
  std::optional<std::string> select;
  std::optional<std::string> capacity;
  std::optional<Item> after;
  std::optional<Condition> filter;
  Selection selection;

 private:
  Result<void> check_select() const;

  Request& request_;
  PageKind kind_;
  const Json* after_;
  std::optional<std::string> filter_;
  std::optional<std::string> projection_;
  PlaceholderParameters placeholders_;
};

/// The table, and the index that the parameters name, if they name one.
struct PageSource {
  TablePtr table;
  const IndexSchema* index = nullptr;

  const KeyAttribute& key() const { return index == nullptr ? table->schema.key : index->key; }
  const std::optional<KeyAttribute>& sort() const { return index == nullptr ? table->schema.sort : index->sort; }
};
Result<PageSource> find_source(const PageParameters& parameters, const Desk& desk);

/// `query` says which items; table, index, limit and the key to go on from are set here.
Answer read_page(const PageParameters& parameters, const PageSource& source, ItemQuery query, const Desk& desk);

}  // namespace stepd::dynamodb
