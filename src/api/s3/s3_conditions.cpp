#include "api/s3/s3_conditions.h"

#include "base/http_date.h"

#include <algorithm>
#include <chrono>

namespace stepd::api::s3 {
namespace {

std::string_view without_blanks(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string_view bare_etag(std::string_view text) {
  text = without_blanks(text);
  if (text.starts_with("W/")) text.remove_prefix(2);
  if (text.size() >= 2 && text.front() == '"' && text.back() == '"') text = text.substr(1, text.size() - 2);
  return text;
}

/// None for a field that is absent or no date.
std::optional<Instant> date_field(const S3Call& call, std::string_view name) {
  return from_http_date(without_blanks(call.field(name)));
}

Instant whole_seconds(Instant instant) { return std::chrono::floor<std::chrono::seconds>(instant); }

AslError condition_fails() { return {"Object.ConditionFailed", ""}; }

S3Error unserved_condition(const std::string& field, std::string message) {
  return S3Error(501, "NotImplemented", "A header you provided implies functionality that is not implemented")
      .with("Header", field)
      .with("additionalMessage", std::move(message));
}

}  // namespace

bool lists_etag(std::string_view field, std::string_view etag) {
  while (!field.empty()) {
    const auto member = field.substr(0, field.find(','));
    field.remove_prefix(std::min(field.size(), member.size() + 1));
    const auto tag = bare_etag(member);
    if (tag == "*" || tag == etag) return true;
  }
  return false;
}

S3Result<ReadVerdict> check_read(const S3Call& call, const ObjectStat& present, Instant now,
                                 const ConditionFields& fields) {
  const auto modified = whole_seconds(present.modified);
  if (call.has_field(fields.match)) {
    if (!lists_etag(call.field(fields.match), present.etag)) return precondition_failed(std::string(fields.match));
  } else if (const auto date = date_field(call, fields.unmodified_since); date && modified > *date) {
    return precondition_failed(std::string(fields.unmodified_since));
  }
  if (call.has_field(fields.none_match)) {
    if (lists_etag(call.field(fields.none_match), present.etag)) return ReadVerdict::NotModified;
  } else if (const auto date = date_field(call, fields.modified_since); date && *date <= now && modified <= *date) {
    return ReadVerdict::NotModified;
  }
  return ReadVerdict::Go;
}

ObjectCondition etag_condition(std::string etag, Absent absent) {
  return [etag = std::move(etag), absent](const ObjectStat* present) -> Result<void> {
    if (present == nullptr && absent == Absent::Fails) return AslError{"Object.NotFound", ""};
    const bool holds = present == nullptr || lists_etag(etag, present->etag);
    return holds ? Result<void>() : Result<void>(condition_fails());
  };
}

S3Result<ObjectCondition> write_condition(const S3Call& call) {
  for (const char* unknown : {"If-Unmodified-Since", "If-Modified-Since"}) {
    if (call.has_field(unknown)) return not_implemented(unknown);
  }
  const auto match = bare_etag(call.field("if-match"));
  const auto none_match = bare_etag(call.field("if-none-match"));
  if (match.empty() && none_match.empty()) return ObjectCondition();
  if (!match.empty() && !none_match.empty()) {
    return unserved_condition("If-Match,If-None-Match", "Multiple conditional request headers present in the request");
  }
  if (!none_match.empty()) {
    if (none_match != "*") {
      return unserved_condition("If-None-Match",
                                "We don't accept the provided value of If-None-Match header for this API");
    }
    return ObjectCondition([](const ObjectStat* present) -> Result<void> {
      return present == nullptr ? Result<void>() : Result<void>(condition_fails());
    });
  }
  if (match == "*") {
    return unserved_condition("If-Match", "We don't accept the provided value of If-Match header for this API");
  }
  return etag_condition(std::string(match), Absent::Fails);
}

S3Result<ObjectCondition> delete_condition(const S3Call& call) {
  if (call.has_field("if-unmodified-since")) return not_implemented("If-Unmodified-Since");
  const auto match = bare_etag(call.field("if-match"));
  if (match.empty()) return ObjectCondition();
  return etag_condition(std::string(match), Absent::Holds);
}

S3Error condition_error(const S3Call& call, const AslError& error) {
  if (error.name == "Object.NotFound") return no_such_key(call.key);
  if (error.name != "Object.ConditionFailed") return S3Error(error);
  return precondition_failed(call.has_field("if-match") ? "If-Match" : "If-None-Match");
}

}  // namespace stepd::api::s3
