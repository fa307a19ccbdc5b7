// Conditional requests (RFC 9110 §13): If-Match, If-None-Match, If-Modified-Since, If-Unmodified-Since, If-Range.
//
// 1. The conditions of a read are answered from the object that was opened, those of a write by the store together with
//    the write, so that no other write comes between.
// 2. A condition that cannot be read is a fault of the request and never ignored for a write: a client that asks for a
//    condition must not get an unconditional write.
#pragma once

#include "api/http.h"
#include "base/clock.h"
#include "base/objects.h"
#include "base/result.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::api {

/// `*`, or the tags of a list.
struct EntityTags {
  struct Tag {
    std::string text;  ///< without quotes
    bool weak = false;
  };
  bool any = false;
  std::vector<Tag> tags;
};

class Preconditions {
 public:
  /// Error: cause only, for people.
  static Result<Preconditions> of(const Request& request);

  bool empty() const { return !match_ && !none_match_ && !modified_since_ && !unmodified_since_; }

  /// 304 or 412; none: the method is to be carried out.
  std::optional<int> refuse_read(const ObjectStat& present) const;
  /// Whether a PUT or DELETE may go ahead; null: there is no object.
  bool allow_write(const ObjectStat* present) const;

 private:
  std::optional<EntityTags> match_;
  std::optional<EntityTags> none_match_;
  std::optional<Instant> modified_since_;
  std::optional<Instant> unmodified_since_;
};

/// Whether a range of the object may be sent, or the whole object has to be.
bool allows_range(std::string_view if_range, const ObjectStat& present);

}  // namespace stepd::api
