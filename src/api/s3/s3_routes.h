// S3's REST protocol over the buckets: which requests are S3's, and how they are answered. An operation is looked up in
// operations/registry.cpp.
#pragma once

#include "api/api.h"
#include "api/router.h"

#include <cstdint>
#include <string>
#include <vector>

namespace stepd::api::s3 {

/// Requests that are signed for S3, or come to a bucket's host, are S3's whatever their path is; unsigned ones are
/// where no route matches and the path begins with a bucket's name.
void add_s3(const Backend& backend, const S3Options& options, const std::vector<std::string>& allowed_hosts,
            std::uint64_t object_bytes_max, Router& router);

}  // namespace stepd::api::s3
