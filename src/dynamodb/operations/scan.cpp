// Scan, also of an index and in parallel segments. Source: DynamoDB API reference.
#include "dynamodb/expressions/expression_reader.h"
#include "dynamodb/page_read.h"

#include <nlohmann/json.hpp>

namespace stepd::dynamodb {
namespace {

constexpr std::int64_t kSegmentsMax = 1'000'000;

Answer scan_items(const Json& arguments, const Desk& desk) {
  Request request(arguments, Wording::Old);
  PageParameters parameters(request, PageKind::Scan);
  const auto segment = request.integer("Segment");
  const auto segments = request.integer("TotalSegments");
  if (segment && *segment < 0)
    request.violate("segment", std::to_string(*segment), "have value greater than or equal to 0");
  if (segments && *segments < 1)
    request.violate("totalSegments", std::to_string(*segments), "have value greater than or equal to 1");
  if (segments && *segments > kSegmentsMax)
    request.violate("totalSegments", std::to_string(*segments), "have value less than or equal to 1000000");
  STEPD_CHECK(request.check());
  if (segment && !segments) {
    return validation_error(
        "The TotalSegments parameter is required but was not present in the request when Segment parameter is present");
  }
  if (segments && !segment) {
    return validation_error(
        "The Segment parameter is required but was not present in the request when parameter TotalSegments is present");
  }
  if (segment && *segment >= *segments) {
    return validation_error(
        "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: " +
        std::to_string(*segment) + " is not less than TotalSegments: " + std::to_string(*segments));
  }
  STEPD_TRY(Placeholders placeholders, parameters.read_placeholders());
  STEPD_CHECK(parameters.read(placeholders));
  STEPD_CHECK(check_all_used(placeholders));

  STEPD_TRY(const PageSource source, find_source(parameters, desk));
  ItemQuery query;
  if (segments) {
    query.segment = static_cast<std::uint32_t>(*segment);
    query.segments = static_cast<std::uint32_t>(*segments);
  }
  return read_page(parameters, source, std::move(query), desk);
}

}  // namespace

extern const Operation scan;
const Operation scan{"Scan", scan_items};

}  // namespace stepd::dynamodb
