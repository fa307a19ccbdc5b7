#include "engine/core/map_fields.h"

#include "base/json_pointer.h"
#include "base/long_integer.h"
#include "engine/asl/common_fields.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace stepd::core::states {
namespace {

constexpr std::int64_t kItemsMax = 100'000'000;
constexpr std::int64_t kBatchBytesMax = 262'144;
constexpr std::size_t kLabelChars = 40;

/// One part of a Map that is an object of its own, such as ItemReader. Nothing if it is absent or no object.
std::optional<asl::Fields> part(asl::Fields& fields, std::string_view name) {
  const Json* value = fields.object(name);
  if (value == nullptr) return std::nullopt;
  return asl::Fields(*value, fields.pointer_to(name), fields.diagnostics(), fields.language(),
                     fields.location_of(name));
}

/// `Parameters` in JSONPath, `Arguments` in JSONata.
void read_arguments(asl::Fields& fields) {
  fields.refuse_other_language({"Arguments", "Parameters"});
  fields.payload_template(fields.is_jsonata() ? "Arguments" : "Parameters");
}

void read_config(asl::StateReader& reader, const Json& processor, const std::string& pointer) {
  asl::Fields outer(processor, pointer, reader.fields.diagnostics());
  auto config = part(outer, "ProcessorConfig");
  if (!config) return;
  const bool distributed = config->one_of("Mode", {"INLINE", "DISTRIBUTED"}) == "DISTRIBUTED";
  if (distributed) {
    config->require({"ExecutionType"});
    config->one_of("ExecutionType", {"STANDARD", "EXPRESS"});
    if (reader.options.express) config->fault("Mode", "Express state machine does not support 'DISTRIBUTED' mode");
    reader.not_run_here("Map states in DISTRIBUTED mode are not supported yet; use INLINE", config->pointer_to("Mode"));
  }
  config->refuse_others();
}

void read_processor(asl::StateReader& reader) {
  auto& fields = reader.fields;
  const auto name = fields.exactly_one({"ItemProcessor", "Iterator"});
  if (!name) return;
  const Json* processor = fields.object(*name);
  if (processor == nullptr) return;
  read_config(reader, *processor, fields.pointer_to(*name));
  reader.parse_workflow(*processor, fields.pointer_to(*name));
}

void read_csv(asl::Fields& config) {
  if (!config.has("CSVHeaderLocation")) return config.fault_here("The field 'CSVHeaderLocation' is required");
  if (config.one_of("CSVHeaderLocation", {"FIRST_ROW", "GIVEN"}) == "GIVEN") config.require({"CSVHeaders"});
  config.strings("CSVHeaders");
  config.one_of("CSVDelimiter", {"COMMA", "PIPE", "SEMICOLON", "SPACE", "TAB"});
}

void read_reader_config(asl::Fields& config) {
  config.refuse_other_language({"MaxItemsPath"});
  const auto type = config.one_of("InputType", {"CSV", "JSON", "JSONL", "PARQUET", "MANIFEST"});
  if (type == "CSV") read_csv(config);
  if (type == "MANIFEST" || !type) config.one_of("ManifestType", {"ATHENA_DATA", "S3_INVENTORY"});
  config.one_of("Transformation", {"NONE", "LOAD_AND_FLATTEN"});
  config.at_most_one({"MaxItems", "MaxItemsPath"});
  config.query("MaxItems");
  config.integer("MaxItems", 0, kItemsMax);
  config.reference_path("MaxItemsPath");
  config.string("ItemsPointer");
  config.string("VersionId");
  config.refuse_others();
}

void check_service(asl::Fields& fields, std::initializer_list<std::string_view> services) {
  fields.require({"Resource"});
  const auto resource = fields.string("Resource");
  if (!resource) return;
  const bool fits = resource->starts_with("arn:") && std::any_of(services.begin(), services.end(), [&](auto service) {
                      return resource->ends_with(std::string(":states:::") + std::string(service));
                    });
  if (!fits) fields.fault("Resource", "The field 'Resource' does not match any of the allowed values");
}

void read_item_reader(asl::StateReader& reader) {
  auto fields = part(reader.fields, "ItemReader");
  if (!fields) return;
  check_service(*fields, {"s3:getObject", "s3:listObjectsV2"});
  read_arguments(*fields);
  if (auto config = part(*fields, "ReaderConfig")) read_reader_config(*config);
  fields->refuse_others();
  reader.not_run_here("ItemReader is not supported yet", fields->pointer());
}

void read_item_batcher(asl::StateReader& reader) {
  auto fields = part(reader.fields, "ItemBatcher");
  if (!fields) return;
  fields->refuse_other_language({"MaxItemsPerBatchPath", "MaxInputBytesPerBatchPath"});
  fields->at_most_one({"MaxItemsPerBatch", "MaxItemsPerBatchPath"});
  fields->at_most_one({"MaxInputBytesPerBatch", "MaxInputBytesPerBatchPath"});
  fields->query("MaxItemsPerBatch");
  fields->query("MaxInputBytesPerBatch");
  fields->integer("MaxItemsPerBatch", 0, kItemsMax);
  fields->integer("MaxInputBytesPerBatch", 0, kBatchBytesMax);
  fields->reference_path("MaxItemsPerBatchPath");
  fields->reference_path("MaxInputBytesPerBatchPath");
  fields->payload_template("BatchInput");
  fields->refuse_others();
  reader.not_run_here("ItemBatcher is not supported yet", fields->pointer());
}

/// Where the results go. Other members than these, and what is computed, are judged when it runs.
void read_destination(asl::Fields& writer, std::string_view name) {
  const Json* arguments = writer.take(name);
  if (arguments == nullptr || (writer.is_jsonata() && arguments->is_string())) return;
  arguments = writer.object(name);
  if (arguments == nullptr) return;
  asl::Fields destination(*arguments, writer.pointer_to(name), writer.diagnostics(), writer.language());
  for (const auto field : {"Bucket", "Prefix"}) destination.string(field);
}

void read_result_writer(asl::StateReader& reader) {
  auto fields = part(reader.fields, "ResultWriter");
  if (!fields) return;
  // AWS dev guide, ResultWriter: WriterConfig alone only shapes what the state hands on; otherwise both others are
  // there.
  const bool jsonata = fields->language() == asl::QueryLanguage::Jsonata;
  const std::string_view arguments = jsonata ? "Arguments" : "Parameters";
  if (fields->has("Resource") || fields->has(arguments) || !fields->has("WriterConfig")) {
    check_service(*fields, {"s3:putObject"});
    if (fields->has("Resource")) fields->require({arguments});
  }
  read_arguments(*fields);
  read_destination(*fields, arguments);
  if (auto config = part(*fields, "WriterConfig")) {
    config->require({"Transformation", "OutputType"});
    config->one_of("Transformation", {"NONE", "COMPACT", "FLATTEN"});
    config->one_of("OutputType", {"JSON", "JSONL"});
    config->refuse_others();
  }
  fields->refuse_others();
  reader.not_run_here("ResultWriter is not supported yet", fields->pointer());
}

void read_label(asl::Fields& fields) {
  const auto label = fields.string("Label");
  if (!label) return;
  if (label->empty() || asl::characters(*label) > kLabelChars)
    fields.fault("Label", "Invalid Label name: a label has 1 to 40 characters", asl::codes::kInvalidLabel);
  else if (label->find_first_of(" \t\n\r?*<>{}[]\"#%\\^|~`$&,;:/") != std::string::npos && !label->starts_with("${"))
    fields.fault("Label", "Invalid Label name: '" + *label + "' contains invalid characters",
                 asl::codes::kInvalidLabel);
}

/// An integer of any size is as good as the most that run at once (measured on AWS by a peer: 2^31 is accepted).
std::int64_t read_max_concurrency(asl::Fields& fields) {
  const Json* value = fields.take("MaxConcurrency");
  if (value != nullptr && is_long_integer(*value) && !long_integer_digits(*value).starts_with('-')) return INT64_MAX;
  return fields.integer("MaxConcurrency", 0, INT64_MAX).value_or(0);
}

void read_tolerance(asl::Fields& fields, MapFields& body) {
  fields.at_most_one({"ToleratedFailureCount", "ToleratedFailureCountPath"});
  fields.at_most_one({"ToleratedFailurePercentage", "ToleratedFailurePercentagePath"});
  body.tolerated_failure_count_query = fields.query("ToleratedFailureCount");
  body.tolerated_failure_percentage_query = fields.query("ToleratedFailurePercentage");
  body.tolerated_failure_count = fields.integer("ToleratedFailureCount", 0, kToleratedFailuresMax);
  body.tolerated_failure_count_path = fields.reference_path("ToleratedFailureCountPath");
  body.tolerated_failure_percentage = fields.number("ToleratedFailurePercentage", 0.0, 100.0);
  body.tolerated_failure_percentage_path = fields.reference_path("ToleratedFailurePercentagePath");
}

/// A list, in which parts may be computed, or one expression.
std::optional<asl::PayloadTemplate> read_items(asl::Fields& fields) {
  const Json* value = fields.take("Items");
  if (value == nullptr) return std::nullopt;
  const bool computed = value->is_string() && asl::Query::is_meant(value->get<std::string>());
  if (!computed && fields.array("Items") == nullptr) return std::nullopt;
  return fields.payload_template("Items");
}

}  // namespace

std::unique_ptr<const MapFields> parse_map(asl::StateReader& reader) {
  auto body = std::make_unique<MapFields>();
  auto& fields = reader.fields;
  if (auto path = fields.path("ItemsPath")) body->items = *std::move(path);
  // `Parameters` is the old name of ItemSelector (AWS dev guide: Map state input and output fields).
  const auto selector = fields.at_most_one({"ItemSelector", "Parameters"});
  if (selector) body->item_selector = fields.payload_template(*selector);
  if (reader.is_jsonata()) body->items_template = read_items(fields);
  fields.at_most_one({"MaxConcurrency", "MaxConcurrencyPath"});
  body->max_concurrency_query = fields.query("MaxConcurrency");
  body->max_concurrency = read_max_concurrency(fields);
  body->max_concurrency_path = fields.reference_path("MaxConcurrencyPath");
  read_tolerance(fields, *body);
  read_label(fields);
  read_processor(reader);
  read_item_reader(reader);
  read_item_batcher(reader);
  read_result_writer(reader);
  return body;
}

}  // namespace stepd::core::states
