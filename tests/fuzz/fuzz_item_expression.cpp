// DynamoDB's expressions: an expression, a line feed, the item that it is about as plain JSON. The text is read as
// every kind of expression; what can be read is evaluated.
#include "base/attribute/plain_attribute.h"
#include "dynamodb/expressions/condition_expression.h"
#include "dynamodb/expressions/key_condition.h"
#include "dynamodb/expressions/projection.h"
#include "dynamodb/expressions/update.h"
#include "fuzz_scope.h"

using namespace stepd;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto [text, json] = fuzz::cut(bytes, size);
  const auto read = parse_item(json);
  const Item item = read ? *read : Item();
  dynamodb::Placeholders placeholders({{"#n", "n"}, {"#a", "a.b"}},
                                      {{":n", Attribute::number(5)},
                                       {":s", Attribute::text("text")},
                                       {":b", Attribute::bytes("\xff")},
                                       {":l", Attribute(Attribute::Form(Attribute::List{Attribute()}))},
                                       {":ss", Attribute(Attribute::Form(TextSet{{"a", "b"}}))}});
  if (const auto condition = dynamodb::parse_condition("ConditionExpression", text, placeholders))
    static_cast<void>(dynamodb::holds(*condition, item));
  if (const auto paths = dynamodb::parse_projection(text, placeholders))
    static_cast<void>(print_item(dynamodb::project(item, *paths)));
  if (const auto update = dynamodb::parse_update(text, placeholders)) {
    const auto changed = dynamodb::apply_update(*update, item);
    if (changed) static_cast<void>(print_item(*changed));
  }
  if (const auto clauses = dynamodb::parse_key_condition(text, placeholders)) {
    ItemQuery query;
    static_cast<void>(dynamodb::apply_key_clauses(*clauses, {"id"}, KeyAttribute{"n"}, query));
  }
  return 0;
}
