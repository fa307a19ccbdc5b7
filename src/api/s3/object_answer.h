// The header fields with which S3 answers about an object.
#pragma once

#include "api/s3/wire_call.h"
#include "base/objects.h"

#include <cstdint>
#include <memory>
#include <string>

namespace stepd::api::s3 {

/// Fields of GetObject and HeadObject for the whole object, with the request's response-* overrides; without
/// Content-Length and checksum. `InvalidArgument` for an override that no field may hold.
S3Result<Response> describe_object(const S3Call& call, const ObjectStat& stat);

/// x-amz-checksum-ALG and its type.
void add_checksum(Response& response, const ObjectStat& stat);

/// What of the object is answered.
struct Extent {
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  bool partial = false;  ///< 206
  unsigned parts = 0;    ///< of an uploaded object of which one part is asked; else 0
  unsigned part = 0;     ///< its number; else 0
};
/// By Range or partNumber. `InvalidRange`, `InvalidPartNumber`, `InvalidRequest` for both.
S3Result<Extent> read_extent(const S3Call& call, const ObjectStat& stat);
/// Status 206 and Content-Range, if the extent is partial.
void add_extent(Response& response, const ObjectStat& stat, const Extent& extent);

/// The checksum of the extent, if the request asks for it and it is known: of the whole object, or of a part.
void add_checksum_if_asked(const S3Call& call, Response& response, const ObjectStat& stat, const Extent& extent);

/// Announces a size without bytes, for HEAD.
std::unique_ptr<BodySource> announced_size(std::uint64_t size);

std::string quoted_etag(const std::string& etag);
/// `2026-11-30T04:48:14.000Z`
std::string xml_time(Instant instant);

}  // namespace stepd::api::s3
