#include "dynamodb/page_read.h"

#include "dynamodb/capacity.h"
#include "dynamodb/expressions/expression_reader.h"
#include "dynamodb/expressions/projection.h"
#include "dynamodb/item_checks.h"
#include "dynamodb/legacy.h"
#include "dynamodb/typed_value.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::dynamodb {
namespace {

constexpr std::int64_t kLimitMax = INT32_MAX;
constexpr std::size_t kIndexNameMin = 3;
constexpr std::size_t kIndexNameMax = 255;

AslError invalid_select(const std::string& why) {
  return validation_error("One or more parameter values were invalid: " + why);
}

/// What a global index shows; of a local one the table has the rest.
bool is_projected(const PageSource& source, const std::string& name) {
  if (source.index == nullptr || source.index->local || source.index->projection.kind == Projection::Kind::All)
    return true;
  const auto keys = key_names(source.table->schema, source.index);
  const auto& more = source.index->projection.attributes;
  return std::find(keys.begin(), keys.end(), name) != keys.end() ||
         (source.index->projection.kind == Projection::Kind::Include &&
          std::find(more.begin(), more.end(), name) != more.end());
}

Result<void> check_projected(const PageParameters& parameters, const PageSource& source) {
  std::vector<std::string> missing;
  if (parameters.selection) {
    for (const auto& path : *parameters.selection) {
      const auto& name = std::get<std::string>(path.front());
      if (!is_projected(source, name)) missing.push_back(name);
    }
  }
  if (!missing.empty()) {
    return invalid_select("Global secondary index " + source.index->name + " does not project " + in_brackets(missing));
  }
  const bool wants_all = parameters.select == "ALL_ATTRIBUTES";
  if (wants_all && source.index != nullptr && !source.index->local &&
      source.index->projection.kind != Projection::Kind::All) {
    return invalid_select("Select type ALL_ATTRIBUTES is not supported for global secondary index " +
                          source.index->name + " because its projection type is not ALL");
  }
  return {};
}

/// The key to go on from has exactly the key attributes of table and index.
Result<void> check_start(const Item& after, const PageSource& source, const ItemQuery& query) {
  const auto invalid = validation_error("The provided starting key is invalid");
  const auto names = key_names(source.table->schema, source.index);
  if (after.size() != names.size()) return invalid;
  if (!check_key(source.table->schema, select_attributes(after, key_names(source.table->schema)))) return invalid;
  for (const auto* attribute : {&source.key(), source.sort() ? &*source.sort() : nullptr}) {
    if (attribute == nullptr) continue;
    const auto* value = after.find(attribute->name);
    if (value == nullptr || !fits(attribute->type, *value)) return invalid;
  }
  if (query.partition && *after.find(source.key().name) != *query.partition) {
    return validation_error("The provided starting key is outside query boundaries based on provided conditions");
  }
  return {};
}

/// The item as the index has it: what filters see.
Item seen(const PageParameters& parameters, const PageSource& source, const Item& item) {
  if (source.index == nullptr) return item;
  const bool reads_table =
      source.index->local && (parameters.select == "ALL_ATTRIBUTES" || parameters.selection.has_value());
  return reads_table ? item : project_index(source.table->schema, *source.index, item);
}

}  // namespace

PageParameters::PageParameters(Request& request, PageKind kind)
    : table(request.table_name()),
      index(request.text("IndexName")),
      limit(request.integer("Limit")),
      is_consistent(request.boolean("ConsistentRead").value_or(false)),
      select(
          request.choice("Select", "select", "SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES")),
      capacity(request.choice("ReturnConsumedCapacity", "returnConsumedCapacity", "INDEXES, TOTAL, NONE")),
      request_(request),
      kind_(kind),
      after_(request.values("ExclusiveStartKey")),
      filter_(request.text("FilterExpression")),
      projection_(request.text("ProjectionExpression")),
      placeholders_(request) {
  if (limit && *limit < 1) {
    if (kind == PageKind::Scan) {
      request.violate("limit", std::to_string(*limit), "have value greater than or equal to 1");
    } else {
      request.violate(
          "Value at 'Limit' failed to satisfy constraint: Member must have value greater than or equal to 1");
    }
  }
  if (index && index->size() < kIndexNameMin)
    request.violate("indexName", *index, "have length greater than or equal to " + std::to_string(kIndexNameMin));
  if (index && index->size() > kIndexNameMax)
    request.violate("indexName", *index, "have length less than or equal to " + std::to_string(kIndexNameMax));
}

Result<Placeholders> PageParameters::read_placeholders() const {
  if (kind_ == PageKind::Scan) {
    STEPD_CHECK(check_mixing(request_, {"AttributesToGet", "ScanFilter", "ConditionalOperator"},
                             {"ProjectionExpression", "FilterExpression"}));
    STEPD_CHECK(check_select());
    return placeholders_.read({"FilterExpression", "ProjectionExpression"});
  }
  STEPD_CHECK(check_mixing(request_, {"AttributesToGet", "QueryFilter", "ConditionalOperator", "KeyConditions"},
                           {"ProjectionExpression", "FilterExpression", "KeyConditionExpression"}));
  STEPD_CHECK(check_select());
  return placeholders_.read({"FilterExpression", "ProjectionExpression", "KeyConditionExpression"});
}

Result<void> PageParameters::check_select() const {
  const bool is_specific = request_.has("ProjectionExpression") || request_.has("AttributesToGet");
  const char* named = request_.has("AttributesToGet") ? "AttributesToGet" : "ProjectionExpression";
  const auto prefix = kind_ == PageKind::Query ? std::string(kOneError) : std::string();
  if (select == "ALL_PROJECTED_ATTRIBUTES" && !index) {
    return validation_error(prefix + "ALL_PROJECTED_ATTRIBUTES can be used only when " +
                            (kind_ == PageKind::Query ? "Querying" : "Scanning") + " using an IndexName");
  }
  if (is_specific && select && *select != "SPECIFIC_ATTRIBUTES") {
    const auto what = *select == "COUNT" ? "only the Count" : *select;
    return validation_error(prefix + "Cannot specify the " + named + " when choosing to get " + what);
  }
  if (!is_specific && select == "SPECIFIC_ATTRIBUTES") {
    return validation_error(
        prefix + "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES");
  }
  return {};
}

Result<void> PageParameters::read(Placeholders& placeholders) {
  if (after_ != nullptr) {
    STEPD_TRY(after, from_typed_map(*after_, request_.wording()));
  }
  STEPD_TRY(selection, read_attributes_to_get(request_));
  STEPD_TRY(filter, read_legacy_conditions(request_, kind_ == PageKind::Query ? "QueryFilter" : "ScanFilter"));
  if (filter_) {
    STEPD_TRY(filter, parse_condition("FilterExpression", *filter_, placeholders));
  }
  if (projection_) {
    STEPD_TRY(selection, parse_projection(*projection_, placeholders));
  }
  return {};
}

Result<PageSource> find_source(const PageParameters& parameters, const Desk& desk) {
  PageSource source;
  source.table = desk.items.find_table(parameters.table);
  if (source.table == nullptr) return AslError{"ResourceNotFoundException", "Requested resource not found"};
  if (parameters.index) {
    source.index = source.table->schema.find_index(*parameters.index);
    if (source.index == nullptr)
      return validation_error("The table does not have the specified index: " + *parameters.index);
    if (!source.index->local && parameters.is_consistent)
      return validation_error("Consistent reads are not supported on global secondary indexes");
  }
  STEPD_CHECK(check_projected(parameters, source));
  return source;
}

Answer read_page(const PageParameters& parameters, const PageSource& source, ItemQuery query, const Desk& desk) {
  query.table = parameters.table;
  if (source.index != nullptr) query.index = source.index->name;
  if (parameters.limit) query.limit = static_cast<std::size_t>(std::min(*parameters.limit, kLimitMax));
  if (parameters.after) {
    STEPD_CHECK(check_start(*parameters.after, source, query));
    query.after = &*parameters.after;
  }
  STEPD_TRY(const ItemPage page, desk.items.query(query));
  Json items = Json::array();
  std::size_t count = 0;
  std::size_t bytes = 0;
  for (const auto& stored : page.items) {
    const auto item = seen(parameters, source, stored);
    bytes += size_of_item(item);
    if (parameters.filter && !holds(*parameters.filter, item)) continue;
    ++count;
    if (parameters.select != "COUNT") items.push_back(to_typed(dynamodb::select(item, parameters.selection)));
  }
  Json answer = Json::object();
  if (parameters.select != "COUNT") answer["Items"] = std::move(items);
  answer["Count"] = count;
  answer["ScannedCount"] = page.items.size();
  if (page.more) {
    answer["LastEvaluatedKey"] =
        to_typed(select_attributes(page.items.back(), key_names(source.table->schema, source.index)));
  }
  if (is_wanted(parameters.capacity)) {
    Capacity capacity(source.table->schema.name);
    capacity.read(bytes, parameters.is_consistent ? Reading::Consistent : Reading::Eventual, source.index);
    answer["ConsumedCapacity"] = capacity.json(*parameters.capacity);
  }
  return answer;
}

}  // namespace stepd::dynamodb
