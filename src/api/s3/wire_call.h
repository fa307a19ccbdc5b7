// One request to S3: whose bucket and key it names, what its query asks. Pure.
#pragma once

#include "api/http.h"
#include "api/s3/s3_error.h"
#include "base/objects.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stepd::api::s3 {

enum class Level : std::uint8_t { Service, Bucket, Object };

struct S3Call {
  /// `request` is copied but for its body. `host_bucket`: of the virtual host style, else empty.
  S3Call(const Request& request, const std::string& host_bucket);

  Level level() const { return bucket.empty() ? Level::Service : key.empty() ? Level::Bucket : Level::Object; }
  ObjectRef ref() const { return {bucket, key}; }

  bool has(std::string_view parameter) const;
  /// Decoded; the first of that name.
  std::optional<std::string> parameter(std::string_view name) const;
  std::string_view field(std::string_view name) const { return request.field(name); }
  bool has_field(std::string_view name) const { return request.has_field(name); }

  Request request;
  std::string bucket;
  std::string key;  ///< decoded once, otherwise as it was sent
  std::vector<std::pair<std::string, std::string>> query;
  std::optional<Lineage> caller = {};  ///< see lineage_of_caller()
};

/// Names of parameters of a query, decoded, with values; `+` is a space.
std::vector<std::pair<std::string, std::string>> read_query(std::string_view query);

/// The number of a parameter, or `fallback` without one. `InvalidArgument` for what is no number from 0 to 2^31 - 1.
S3Result<std::uint32_t> number_parameter(const S3Call& call, std::string_view name, std::uint32_t fallback);

}  // namespace stepd::api::s3
