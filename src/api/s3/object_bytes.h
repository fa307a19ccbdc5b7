// The bytes of an object on their way: to a client, and from one object to another with what S3 knows of them.
#pragma once

#include "api/s3/object_answer.h"
#include "api/s3/s3_operation.h"
#include "base/objects.h"
#include "base/uploads.h"

#include <functional>
#include <memory>
#include <string>

namespace stepd::api::s3 {

/// The extent of an open object as a body.
S3Result<std::unique_ptr<BodySource>> object_body(std::unique_ptr<ObjectReader> reader, const Extent& extent);

/// Reads `count` bytes from the extent's beginning on, a piece at a time.
S3Result<void> pump(ObjectReader& reader, const Extent& extent,
                    const std::function<Result<void>(std::string_view)>& to);

/// x-amz-copy-source: the object that CopyObject and UploadPartCopy read.
S3Result<ObjectRef> copy_source(const S3Call& call);
/// Opens it if the conditions of the request on it hold. They always fail with 412, never 304.
S3Result<std::unique_ptr<ObjectReader>> open_source(const S3Call& call, const S3Context& context, const ObjectRef& ref);

}  // namespace stepd::api::s3
