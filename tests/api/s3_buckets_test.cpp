// S3's protocol for buckets: making and removing them, lists of keys, deleting many, and which requests are S3's at
// all.
#include "api/s3_fixture.h"
#include "base/digest.h"
#include "base/encoding.h"

namespace stepd::api::test {
namespace {

using S3Buckets = S3Api;

TEST_F(S3Buckets, AreMadeListedAndRemoved) {
  EXPECT_EQ(s3("HEAD", "/made-here").status, 404);
  const auto made = s3("PUT", "/made-here");
  EXPECT_EQ(made.status, 200) << made.body;
  EXPECT_EQ(made.field("Location"), "/made-here");
  EXPECT_EQ(s3("PUT", "/made-here").status, 200) << "again by its owner, in us-east-1";
  EXPECT_EQ(s3("HEAD", "/made-here/").status, 200) << "JS names a bucket so";
  EXPECT_EQ(texts_in(s3("GET", "/"), "Name"), "made-here photos");
  EXPECT_EQ(s3("PUT", "/made-here/a/b", "x").status, 200);
  EXPECT_EQ(code_of(s3("DELETE", "/made-here")), "BucketNotEmpty");
  EXPECT_EQ(s3("DELETE", "/made-here/a/b").status, 204);
  EXPECT_EQ(s3("DELETE", "/made-here").status, 204);
  EXPECT_EQ(code_of(s3("GET", "/made-here?list-type=2")), "NoSuchBucket");
  EXPECT_EQ(code_of(s3("DELETE", "/made-here")), "NoSuchBucket");
  EXPECT_EQ(code_of(s3("DELETE", "/photos")), "AccessDenied") << "the configuration's";
  EXPECT_EQ(code_of(s3("PUT", "/No")), "InvalidBucketName");
  EXPECT_EQ(code_of(s3("PUT", "/made-here", "<Wrong")), "MalformedXML");
  EXPECT_EQ(
      s3("PUT", "/made-here",
         "<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><LocationConstraint>eu-west-1"
         "</LocationConstraint></CreateBucketConfiguration>")
          .status,
      200);
  EXPECT_EQ(document_of(s3("GET", "/photos?location")).name, "LocationConstraint");
}

TEST_F(S3Buckets, ListKeysInOrderOfBytes) {
  for (const auto* key : {"a-b", "a/x", "a0", "a/y/z", "b"}) put(key, "x");
  EXPECT_EQ(texts_in(s3("GET", "/photos?list-type=2"), "Key"), "a-b a/x a/y/z a0 b");
  const auto grouped = s3("GET", "/photos?list-type=2&delimiter=/");
  EXPECT_EQ(texts_in(grouped, "Key"), "a-b a0 b");
  EXPECT_EQ(texts_in(grouped, "Prefix"), "a/") << "beside the empty one that was asked for";
  EXPECT_EQ(texts_in(grouped, "KeyCount"), "4");
  EXPECT_EQ(texts_in(s3("GET", "/photos?list-type=2&delimiter=/&prefix=a/"), "Key"), "a/x");
  EXPECT_EQ(texts_in(s3("GET", "/photos?list-type=2&start-after=a/x"), "Key"), "a/y/z a0 b");
  EXPECT_EQ(texts_in(s3("GET", "/photos?list-type=2&max-keys=0"), "IsTruncated"), "false");
  EXPECT_EQ(code_of(s3("GET", "/photos?list-type=2&max-keys=blah")), "InvalidArgument");
  EXPECT_EQ(code_of(s3("GET", "/photos?list-type=2&continuation-token=")), "InvalidArgument");
  EXPECT_EQ(code_of(s3("GET", "/photos?list-type=2&encoding-type=x")), "InvalidArgument");
}

TEST_F(S3Buckets, ListPagesThatMeetEachKeyAndPrefixOnce) {
  for (const auto* key : {"a", "d/1", "d/2", "e/1", "f", "g/1", "g/2"}) put(key, "x");
  std::string seen;
  std::string token;
  int pages = 0;
  do {
    const auto page =
        s3("GET", "/photos?list-type=2&delimiter=/&max-keys=1" + (token.empty() ? "" : "&continuation-token=" + token));
    const auto document = document_of(page);
    for (const auto& child : document.children) {
      if (child.name == "Contents") seen += child.text_of("Key") + " ";
      if (child.name == "CommonPrefixes") seen += child.text_of("Prefix") + " ";
    }
    token = document.text_of("NextContinuationToken");
  } while (!token.empty() && ++pages < 20);
  EXPECT_EQ(seen, "a d/ e/ f g/ ");
  const auto first = s3("GET", "/photos?delimiter=/&max-keys=2");
  EXPECT_EQ(texts_in(first, "NextMarker"), "d/");
  EXPECT_EQ(texts_in(s3("GET", "/photos?delimiter=/&marker=d/"), "Key"), "f");
  EXPECT_EQ(texts_in(s3("GET", "/photos?max-keys=2"), "NextMarker"), "") << "only with a delimiter";
}

TEST_F(S3Buckets, EncodeKeysWhereThatIsAskedFor) {
  put("a%2Bb%20c=%C3%BC/d", "x");
  EXPECT_EQ(texts_in(s3("GET", "/photos?list-type=2&encoding-type=url"), "Key"), "a%2Bb%20c%3D%C3%BC/d");
  EXPECT_EQ(texts_in(s3("GET", "/photos?list-type=2&encoding-type=url&prefix=a%2Bb"), "Prefix"), "a%2Bb");
  EXPECT_EQ(texts_in(s3("GET", "/photos?encoding-type=url&prefix=a%2Bb"), "Prefix"), "a+b") << "no client decodes it";
  EXPECT_EQ(texts_in(s3("GET", "/photos?encoding-type=url&prefix=%01"), "Prefix"), "%01") << "XML cannot hold it";
  EXPECT_EQ(texts_in(s3("GET", "/photos?list-type=2"), "Key"), "a+b c=\xC3\xBC/d");
  EXPECT_EQ(texts_in(s3("GET", "/photos?versions"), "VersionId"), "null");
}

TEST_F(S3Buckets, DeleteManyKeysAtOnce) {
  put("a", "x");
  put("b&c", "x");
  const auto remove = [&](const std::string& document) {
    const auto digest = digest_of(DigestKind::Md5, document);
    return s3("POST", "/photos?delete", document, {"Content-MD5: " + to_base64(*digest)});
  };
  const auto removed = remove(
      "<Delete><Object><Key>a</Key></Object><Object><Key>b&amp;c</Key></Object>"
      "<Object><Key>absent</Key></Object></Delete>");
  EXPECT_EQ(texts_in(removed, "Key"), "a b&c absent") << removed.body;
  EXPECT_EQ(texts_in(s3("GET", "/photos"), "Key"), "");
  EXPECT_EQ(texts_in(remove("<Delete><Quiet>true</Quiet><Object><Key>a</Key></Object></Delete>"), "Key"), "");
  EXPECT_EQ(code_of(remove("<Delete></Delete>")), "MalformedXML");
  EXPECT_EQ(code_of(remove("<!DOCTYPE a [<!ENTITY x 'y'>]><Delete/>")), "MalformedXML");
  std::string many = "<Delete>";
  for (int i = 0; i < 1'001; ++i) many += "<Object><Key>k" + std::to_string(i) + "</Key></Object>";
  EXPECT_EQ(code_of(remove(many + "</Delete>")), "MalformedXML");
  EXPECT_EQ(code_of(s3("POST", "/photos?delete", "<Delete/>")), "InvalidRequest") << "without a checksum";
}

TEST_F(S3Buckets, AnswerForSettingsThatNobodyMade) {
  const struct {
    const char* parameter;
    const char* answer;
  } cases[] = {{"tagging", "NoSuchTagSet"},
               {"cors", "NoSuchCORSConfiguration"},
               {"lifecycle", "NoSuchLifecycleConfiguration"},
               {"policy", "NoSuchBucketPolicy"},
               {"publicAccessBlock", "NoSuchPublicAccessBlockConfiguration"}};
  for (const auto& [parameter, answer] : cases) {
    EXPECT_EQ(code_of(s3("GET", "/photos?" + std::string(parameter))), answer);
  }
  EXPECT_EQ(document_of(s3("GET", "/photos?versioning")).name, "VersioningConfiguration");
  EXPECT_EQ(texts_in(s3("GET", "/photos?acl"), "Permission"), "FULL_CONTROL");
  const auto refused = s3("PUT", "/photos?versioning", "<VersioningConfiguration/>");
  EXPECT_EQ(refused.status, 501);
  EXPECT_EQ(code_of(refused), "NotImplemented");
}

TEST_F(S3Buckets, AreS3sOnlyWhereTheRequestIsMeantForIt) {
  put("k", "hello");
  EXPECT_EQ(ask("GET", "/photos/k").body, "hello") << "unsigned, and no route is like it";
  EXPECT_EQ(ask("GET", "/nowhere/k").json()["error"].get<std::string>(), "nothing here answers GET /nowhere/k");
  EXPECT_EQ(raw("GET /k HTTP/1.1\r\nHost: photos.localhost\r\nConnection: close\r\n\r\n").body, "hello");
  EXPECT_EQ(raw("GET /k HTTP/1.1\r\nHost: photos.s3.us-east-1.localhost:1\r\nConnection: close\r\n\r\n").body, "hello");
  EXPECT_EQ(code_of(raw("GET /health HTTP/1.1\r\nHost: photos.localhost\r\nConnection: close\r\n\r\n")), "NoSuchKey");
  EXPECT_EQ(code_of(s3("GET", "/health")), "NoSuchBucket");
  EXPECT_EQ(document_of(s3("GET", "/")).name, "ListAllMyBucketsResult");
  EXPECT_EQ(ask("GET", "/photos/k", "", {"Origin: http://evil.example"}).status, 403);
}

TEST_F(S3Buckets, HonourTheTimeOfPresignedRequests) {
  put("k", "hello");
  const auto url = [](const std::string& date, const std::string& expires) {
    return "/photos/k?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=k%2F20251121%2Fus-east-1%2Fs3%2Faws4_request&"
           "X-Amz-Date=" +
           date + "&X-Amz-SignedHeaders=host&X-Amz-Signature=00&X-Amz-Expires=" + expires;
  };
  clock.milliseconds = from_rfc3339("2025-11-21T08:00:00Z")->time_since_epoch().count();
  EXPECT_EQ(ask("GET", url("20251121T075900Z", "61")).body, "hello");
  EXPECT_EQ(code_of(ask("GET", url("20251121T075900Z", "60"))), "AccessDenied");
  EXPECT_EQ(ask("GET", url("20251121T075900Z", "604801")).status, 403);
  EXPECT_EQ(code_of(ask("GET", url("now", "60"))), "AuthorizationQueryParametersError");
  EXPECT_EQ(code_of(ask("GET", url("20251121T075900Z", "61"), "", {"x-amz-meta-a: 1"})), "AccessDenied");
  EXPECT_EQ(ask("GET", "/photos/k?AWSAccessKeyId=a&Signature=b&Expires=1763712001").body, "hello");
  EXPECT_EQ(code_of(ask("GET", "/photos/k?AWSAccessKeyId=a&Signature=b&Expires=1763712000")), "AccessDenied");
  EXPECT_EQ(ask("PUT", url("20251121T075900Z", "61") + "&x-amz-checksum-crc32=AAAAAA%3D%3D", "new").status, 200)
      << "a checksum of the query is signed, not compared";
}

}  // namespace
}  // namespace stepd::api::test
