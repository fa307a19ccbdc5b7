// What a request says of the object that it makes, besides its bytes: content type, metadata, header fields that are
// kept, tags; and what it may not ask.
#pragma once

#include "api/s3/wire_call.h"
#include "base/objects.h"

#include <map>
#include <string>

namespace stepd::api::s3 {

struct ObjectProperties {
  std::string content_type;
  ObjectMetadata metadata;
  ObjectNotes notes;
};

/// `NotImplemented` for fields that S3 would act upon and this server does not, `InvalidArgument` for values that S3
/// does not have.
S3Result<void> refuse_foreign_fields(const S3Call& call);

/// The properties of a new object. `MetadataTooLarge`, `InvalidTag`.
S3Result<ObjectProperties> read_properties(const S3Call& call);

/// `a=1&b=2` of x-amz-tagging; `InvalidTag`, `BadRequest`.
S3Result<std::map<std::string, std::string>> read_tagging(const std::string& text);
/// At most 10 tags, keys to 128 characters, values to 256.
S3Result<void> check_tag(const std::string& key, const std::string& value);

/// Decodes RFC 2047's encoded words if the result is plain ASCII, as S3 does; else answers the text as it is.
std::string decode_words(const std::string& text);

}  // namespace stepd::api::s3
