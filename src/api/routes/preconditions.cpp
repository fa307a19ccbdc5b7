#include "api/routes/preconditions.h"

#include "base/http_date.h"

#include <algorithm>
#include <chrono>

namespace stepd::api {
namespace {

constexpr std::size_t kTagsMax = 100;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// Takes one entity-tag from the front (RFC 9110 §8.8.3).
std::optional<EntityTags::Tag> take_tag(std::string_view& text) {
  EntityTags::Tag tag;
  tag.weak = text.starts_with("W/");
  if (tag.weak) text.remove_prefix(2);
  if (!text.starts_with('"')) return std::nullopt;
  const auto end = text.find('"', 1);
  if (end == std::string_view::npos) return std::nullopt;
  tag.text = text.substr(1, end - 1);
  text = trimmed(text.substr(end + 1));
  return tag;
}

std::optional<EntityTags> read_tags(std::string_view text) {
  EntityTags read;
  text = trimmed(text);
  if (text == "*") {
    read.any = true;
    return read;
  }
  while (read.tags.size() < kTagsMax) {
    auto tag = take_tag(text);
    if (!tag) return std::nullopt;
    read.tags.push_back(*std::move(tag));
    if (text.empty()) return read;
    if (!text.starts_with(',')) return std::nullopt;
    text = trimmed(text.substr(1));
  }
  return std::nullopt;
}

AslError unreadable(const char* name) { return {"", std::string(name) + " cannot be read"}; }

/// HTTP's dates are whole seconds.
Instant in_seconds(Instant instant) { return std::chrono::floor<std::chrono::seconds>(instant); }

/// Strong comparison (RFC 9110 §8.8.3.2). Tags of objects are strong.
bool match_strongly(const EntityTags& tags, const ObjectStat& present) {
  return tags.any || std::any_of(tags.tags.begin(), tags.tags.end(),
                                 [&](const auto& tag) { return !tag.weak && tag.text == present.etag; });
}

bool match_weakly(const EntityTags& tags, const ObjectStat& present) {
  return tags.any ||
         std::any_of(tags.tags.begin(), tags.tags.end(), [&](const auto& tag) { return tag.text == present.etag; });
}

Result<std::optional<EntityTags>> tags_of(const Request& request, const char* name) {
  if (!request.has_field(name)) return std::optional<EntityTags>();
  auto tags = read_tags(request.field(name));
  if (!tags) return unreadable(name);
  return tags;
}

Result<std::optional<Instant>> date_of(const Request& request, const char* name) {
  if (!request.has_field(name)) return std::optional<Instant>();
  const auto date = from_http_date(trimmed(request.field(name)));
  if (!date) return unreadable(name);
  return date;
}

}  // namespace

Result<Preconditions> Preconditions::of(const Request& request) {
  Preconditions read;
  STEPD_TRY(read.match_, tags_of(request, "if-match"));
  STEPD_TRY(read.none_match_, tags_of(request, "if-none-match"));
  STEPD_TRY(read.unmodified_since_, date_of(request, "if-unmodified-since"));
  // §13.1.3: of GET and HEAD only, and one that is no date is ignored.
  if (request.method == "GET" || request.method == "HEAD")
    read.modified_since_ = from_http_date(trimmed(request.field("if-modified-since")));
  return read;
}

// §13.2.2: the order in which conditions are looked at. A date is not looked at where there are tags.
std::optional<int> Preconditions::refuse_read(const ObjectStat& present) const {
  if (match_) {
    if (!match_strongly(*match_, present)) return 412;
  } else if (unmodified_since_ && in_seconds(present.modified) > *unmodified_since_) {
    return 412;
  }
  if (none_match_) {
    if (match_weakly(*none_match_, present)) return 304;
  } else if (modified_since_ && in_seconds(present.modified) <= *modified_since_) {
    return 304;
  }
  return std::nullopt;
}

bool Preconditions::allow_write(const ObjectStat* present) const {
  if (match_) {
    if (present == nullptr || !match_strongly(*match_, *present)) return false;
  } else if (unmodified_since_) {
    if (present == nullptr || in_seconds(present->modified) > *unmodified_since_) return false;
  }
  return !none_match_ || present == nullptr || !match_weakly(*none_match_, *present);
}

bool allows_range(std::string_view if_range, const ObjectStat& present) {
  if_range = trimmed(if_range);
  if (if_range.empty()) return true;
  if (const auto date = from_http_date(if_range)) return in_seconds(present.modified) == *date;
  auto rest = if_range;
  const auto tag = take_tag(rest);
  return tag && rest.empty() && !tag->weak && tag->text == present.etag;
}

}  // namespace stepd::api
