// What requests about one multipart upload have in common.
#pragma once

#include "api/s3/s3_operation.h"
#include "api/s3/xml_writer.h"
#include "base/uploads.h"

#include <string>

namespace stepd::api::s3 {

/// The store of uploads; `NotImplemented` where there is none.
S3Result<UploadStore*> uploads_of(const S3Context& context);
/// The upload that `uploadId` names. `NoSuchBucket`, `NoSuchUpload`.
S3Result<UploadStat> find_upload(const S3Call& call, const S3Context& context);
/// 1 to 10,000; `InvalidArgument`.
S3Result<unsigned> part_number(const S3Call& call);
/// The algorithm whose checksums the parts of an upload are kept with.
std::string kept_algorithm(const NewUpload& upload);
/// Error of the store about an upload, with its id.
S3Error upload_error(const S3Call& call, const AslError& error);
void write_checksum_kind(XmlWriter& xml, const NewUpload& upload);

}  // namespace stepd::api::s3
