// The two shapes in which AWS tells of a new object: the event on EventBridge and the record of an S3 notification.
// Only shapes and encodings: who hears of an event is decided in rules.h.
#pragma once

#include "base/clock.h"
#include "base/json.h"
#include "base/lineage.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace stepd::triggers {

/// A whole object that has come into a bucket.
struct ObjectCreated {
  std::string bucket;
  std::string key;  ///< as it is: never encoded
  std::uint64_t size_bytes = 0;
  std::string etag;
  std::string identity;  ///< changes whenever the object under this key does
  Instant at;
  std::optional<Lineage> lineage = {};  ///< of the execution that wrote it; none: it came from outside
  std::string reason = {};              ///< ObjectBytes::reason
};

/// Where this process says that it runs.
struct Origin {
  std::string region;
  std::string account;
};

/// `Object Created` as S3 sends it to EventBridge: the key is NOT encoded. Apart from `time`, the same object always
/// gives the same event.
Json eventbridge_event(const ObjectCreated& object, const Origin& origin);

enum class KeyEncoding : std::uint8_t { Url, None };

/// One record of an S3 notification, event version 2.1 (S3 user guide: Event message structure), whose key is
/// URL-encoded, a space as `+`. KeyEncoding::None is for functions that decode nothing.
Json notification_record(const ObjectCreated& object, const Origin& origin, const std::string& configuration_id,
                         KeyEncoding encoding = KeyEncoding::Url);

/// A key as S3 notifications write it: letters, digits and `-_.*` and `/` stay, a space is `+`, every other byte is
/// `%XX` with upper-case digits.
std::string encode_notification_key(std::string_view key);

/// Hexadecimal digits that grow with time for one key, as S3's sequencer does; 16 of them.
std::string sequencer_of(const ObjectCreated& object);

}  // namespace stepd::triggers
