// Which AWS service a request is meant for: one port serves several, and each client says it in another place. Pure.
#pragma once

#include "api/http.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::api {

enum class ServiceName : std::uint8_t {
  None,
  S3,
  DynamoDb,
  States,
  Sns,
  Sts,
  Logs,
  Rekognition,
  Ssm,
  SecretsManager,
  Lambda,
  Sqs,
  Events,
  Monitoring,
};

/// As in credential scopes: `s3`, `dynamodb`, `states`; empty for None.
std::string_view to_text(ServiceName service);

/// `REGION/SERVICE` of a request's credential scope, from the Authorization field (Signature Version 4 and 4A) or the
/// query (`X-Amz-Credential`). Signature Version 2, in the field or the query, is S3's alone and has no region.
/// Nothing is verified.
struct CredentialScope {
  std::string access_key;
  std::string region;
  std::string service;
  bool in_query = false;  ///< presigned
};
/// None for a request that is not signed, and for a scope that cannot be read.
std::optional<CredentialScope> credential_scope(const Request& request);

/// What a Host says: the labels before `localhost` or a name of `hosts` are read as `BUCKET.s3.REGION`,
/// `BUCKET.s3-REGION`, `BUCKET.s3`, `s3.REGION`, `s3`, `SERVICE.REGION`, `SERVICE`, or else as a bucket.
struct HostMeaning {
  ServiceName service = ServiceName::None;
  std::string bucket;  ///< of S3's virtual host style; may contain dots
};
/// `hosts`: names, perhaps with a port, which is not compared. An address names neither service nor bucket.
HostMeaning read_host(std::string_view host, const std::vector<std::string>& hosts);

/// By X-Amz-Target, then the credential scope, then the host, then the path. A request that is signed for a service
/// that is not listed is None, whatever else it says. The forms of the query protocol are told apart by their scope:
/// their bodies are not read here.
ServiceName service_of(const Request& request, const std::vector<std::string>& hosts);

}  // namespace stepd::api
