// What a signed request says about its validity. Signatures are read over and not verified, as everywhere in stepd; the
// time in which a presigned request is valid needs no secret and is honoured.
#pragma once

#include "api/s3/wire_call.h"
#include "base/clock.h"

namespace stepd::api::s3 {

/// `AccessDenied` for a presigned request that has expired or has x-amz-* fields that it did not sign,
/// `AuthorizationQueryParametersError` for one that lacks a parameter.
S3Result<void> check_presigned(const S3Call& call, Instant now);

}  // namespace stepd::api::s3
