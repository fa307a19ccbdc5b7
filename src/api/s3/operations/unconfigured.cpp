// What S3 answers about settings of buckets and objects that nobody has made. Tools ask for them before they do what
// they are asked, and take these answers for "none".
#include "api/s3/key_listing.h"
#include "api/s3/object_properties.h"
#include "api/s3/s3_operation.h"
#include "api/s3/xml_writer.h"

#include <algorithm>
#include <array>

namespace stepd::api::s3 {
namespace {

S3Result<void> check_present(const S3Call& call, const S3Context& context) {
  STEPD_CHECK(context.objects.bucket(call.bucket));
  if (call.level() == Level::Bucket) return {};
  const auto stat = context.objects.head(call.ref());
  if (stat.has_value()) return {};
  if (stat.error().name == "Object.NotFound") return no_such_key(call.key);
  return S3Error(stat.error());
}

struct Missing {
  std::string_view parameter;
  std::string_view code;
  std::string_view message;
};

constexpr std::array<Missing, 12> kMissing{{
    {"tagging", "NoSuchTagSet", "The TagSet does not exist"},
    {"cors", "NoSuchCORSConfiguration", "The CORS configuration does not exist"},
    {"lifecycle", "NoSuchLifecycleConfiguration", "The lifecycle configuration does not exist"},
    {"policy", "NoSuchBucketPolicy", "The bucket policy does not exist"},
    {"policyStatus", "NoSuchBucketPolicy", "The bucket policy does not exist"},
    {"website", "NoSuchWebsiteConfiguration", "The specified bucket does not have a website configuration"},
    {"encryption", "ServerSideEncryptionConfigurationNotFoundError",
     "The server side encryption configuration was not found"},
    {"replication", "ReplicationConfigurationNotFoundError", "The replication configuration was not found"},
    {"publicAccessBlock", "NoSuchPublicAccessBlockConfiguration",
     "The public access block configuration was not found"},
    {"ownershipControls", "OwnershipControlsNotFoundError", "The bucket ownership controls were not found"},
    {"object-lock", "ObjectLockConfigurationNotFoundError", "Object Lock configuration does not exist for this bucket"},
    {"retention", "NoSuchObjectLockConfiguration", "The specified object does not have a ObjectLock configuration"},
}};

S3Result<Response> missing(const S3Call& call, const S3Context& context) {
  STEPD_CHECK(check_present(call, context));
  for (const auto& [parameter, code, message] : kMissing) {
    if (!call.has(parameter)) continue;
    return S3Error(404, std::string(code), std::string(message)).with("BucketName", call.bucket);
  }
  return internal_error();
}

struct EmptyDocument {
  std::string_view parameter;
  std::string_view root;
};

constexpr std::array<EmptyDocument, 4> kEmpty{{{"versioning", "VersioningConfiguration"},
                                               {"logging", "BucketLoggingStatus"},
                                               {"notification", "NotificationConfiguration"},
                                               {"accelerate", "AccelerateConfiguration"}}};

S3Result<Response> empty(const S3Call& call, const S3Context& context) {
  STEPD_CHECK(check_present(call, context));
  for (const auto& [parameter, root] : kEmpty) {
    if (call.has(parameter)) return xml_response(XmlWriter(root).finish());
  }
  return internal_error();
}

S3Result<Response> payer(const S3Call& call, const S3Context& context) {
  STEPD_CHECK(check_present(call, context));
  return xml_response(XmlWriter("RequestPaymentConfiguration").text("Payer", "BucketOwner").finish());
}

/// The owner may do everything: the ACL that every new bucket and object has.
S3Result<Response> acl(const S3Call& call, const S3Context& context) {
  STEPD_CHECK(check_present(call, context));
  XmlWriter xml("AccessControlPolicy");
  write_owner(xml, context.owner);
  xml.open("AccessControlList").open("Grant");
  std::string grantee =
      R"(<Grantee xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:type="CanonicalUser"><ID>)" +
      context.owner + "</ID></Grantee>";
  xml.raw(grantee).text("Permission", "FULL_CONTROL");
  return xml_response(xml.finish());
}

/// A canned ACL is taken: who reaches the server may read and write everything whatever it says.
S3Result<Response> put_acl(const S3Call& call, const S3Context& context) {
  STEPD_CHECK(refuse_foreign_fields(call));
  if (!call.has_field("x-amz-acl")) return not_implemented("?acl");
  STEPD_CHECK(check_present(call, context));
  return Response{};
}

/// Nothing is there to be removed.
S3Result<Response> removed(const S3Call& call, const S3Context& context) {
  STEPD_CHECK(check_present(call, context));
  Response response;
  response.status = 204;
  return response;
}

constexpr auto kBucketLevel = Level::Bucket;
constexpr auto kObjectLevel = Level::Object;

constexpr std::array kUnconfigured{
    S3Operation{"GetBucketTagging", "GET", kBucketLevel, "tagging", "", without_body<missing>},
    S3Operation{"GetBucketCors", "GET", kBucketLevel, "cors", "", without_body<missing>},
    S3Operation{"GetBucketLifecycleConfiguration", "GET", kBucketLevel, "lifecycle", "", without_body<missing>},
    S3Operation{"GetBucketPolicy", "GET", kBucketLevel, "policy", "", without_body<missing>},
    S3Operation{"GetBucketPolicyStatus", "GET", kBucketLevel, "policyStatus", "", without_body<missing>},
    S3Operation{"GetBucketWebsite", "GET", kBucketLevel, "website", "", without_body<missing>},
    S3Operation{"GetBucketEncryption", "GET", kBucketLevel, "encryption", "", without_body<missing>},
    S3Operation{"GetBucketReplication", "GET", kBucketLevel, "replication", "", without_body<missing>},
    S3Operation{"GetPublicAccessBlock", "GET", kBucketLevel, "publicAccessBlock", "", without_body<missing>},
    S3Operation{"GetBucketOwnershipControls", "GET", kBucketLevel, "ownershipControls", "", without_body<missing>},
    S3Operation{"GetObjectLockConfiguration", "GET", kBucketLevel, "object-lock", "", without_body<missing>},
    S3Operation{"GetObjectRetention", "GET", kObjectLevel, "retention", "", without_body<missing>},
    S3Operation{"GetBucketVersioning", "GET", kBucketLevel, "versioning", "", without_body<empty>},
    S3Operation{"GetBucketLogging", "GET", kBucketLevel, "logging", "", without_body<empty>},
    S3Operation{"GetBucketNotificationConfiguration", "GET", kBucketLevel, "notification", "", without_body<empty>},
    S3Operation{"GetBucketAccelerateConfiguration", "GET", kBucketLevel, "accelerate", "", without_body<empty>},
    S3Operation{"GetBucketRequestPayment", "GET", kBucketLevel, "requestPayment", "", without_body<payer>},
    S3Operation{"GetBucketAcl", "GET", kBucketLevel, "acl", "", without_body<acl>},
    S3Operation{"GetObjectAcl", "GET", kObjectLevel, "acl", "", without_body<acl>},
    S3Operation{"PutBucketAcl", "PUT", kBucketLevel, "acl", "", without_body<put_acl>},
    S3Operation{"PutObjectAcl", "PUT", kObjectLevel, "acl", "", without_body<put_acl>},
    S3Operation{"DeleteBucketTagging", "DELETE", kBucketLevel, "tagging", "", without_body<removed>},
    S3Operation{"DeleteBucketCors", "DELETE", kBucketLevel, "cors", "", without_body<removed>},
    S3Operation{"DeleteBucketLifecycle", "DELETE", kBucketLevel, "lifecycle", "", without_body<removed>},
    S3Operation{"DeleteBucketPolicy", "DELETE", kBucketLevel, "policy", "", without_body<removed>},
    S3Operation{"DeleteBucketWebsite", "DELETE", kBucketLevel, "website", "", without_body<removed>},
};

}  // namespace

extern const std::span<const S3Operation> kUnconfiguredOperations{kUnconfigured};

}  // namespace stepd::api::s3
