// Every operation of S3 that is served. Those with a parameter or a field of their own come before those without.
#include "api/s3/s3_operation.h"

#include <array>

namespace stepd::api::s3 {

extern const S3Operation kAbortMultipartUpload;
extern const S3Operation kCompleteMultipartUpload;
extern const S3Operation kCopyObject;
extern const S3Operation kCreateBucket;
extern const S3Operation kCreateMultipartUpload;
extern const S3Operation kDeleteBucket;
extern const S3Operation kDeleteObject;
extern const S3Operation kDeleteObjectTagging;
extern const S3Operation kDeleteObjects;
extern const S3Operation kGetBucketLocation;
extern const S3Operation kGetObject;
extern const S3Operation kGetObjectAttributes;
extern const S3Operation kGetObjectTagging;
extern const S3Operation kHeadBucket;
extern const S3Operation kHeadObject;
extern const S3Operation kListBuckets;
extern const S3Operation kListMultipartUploads;
extern const S3Operation kListObjectVersions;
extern const S3Operation kListObjects;
extern const S3Operation kListObjectsV2;
extern const S3Operation kListParts;
extern const S3Operation kPutObject;
extern const S3Operation kPutObjectTagging;
extern const S3Operation kUploadPart;
extern const S3Operation kUploadPartCopy;
extern const std::span<const S3Operation> kUnconfiguredOperations;

std::span<const S3Operation* const> s3_operations() {
  static constexpr std::array<const S3Operation*, 25> kAll{
      &kListBuckets,
      // of buckets
      &kGetBucketLocation,
      &kListMultipartUploads,
      &kListObjectVersions,
      &kListObjectsV2,
      &kDeleteObjects,
      &kListObjects,
      &kHeadBucket,
      &kCreateBucket,
      &kDeleteBucket,
      // of objects
      &kUploadPartCopy,
      &kUploadPart,
      &kCreateMultipartUpload,
      &kCompleteMultipartUpload,
      &kAbortMultipartUpload,
      &kListParts,
      &kGetObjectAttributes,
      &kGetObjectTagging,
      &kPutObjectTagging,
      &kDeleteObjectTagging,
      &kCopyObject,
      &kPutObject,
      &kGetObject,
      &kHeadObject,
      &kDeleteObject,
  };
  return kAll;
}

std::span<const S3Operation> unconfigured_operations() { return kUnconfiguredOperations; }

}  // namespace stepd::api::s3
