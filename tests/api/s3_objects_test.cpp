// S3's protocol for single objects: bytes, properties, checksums, conditions, ranges, copies, tags.
#include "api/s3_fixture.h"
#include "base/encoding.h"

#include <fstream>

namespace stepd::api::test {
namespace {

const std::string kMd5OfHello = "5d41402abc4b2a76b9719d911017c592";  // of "hello"

using S3Objects = S3Api;

TEST_F(S3Objects, KeepBytesPropertiesAndTheMd5AsEtag) {
  const auto answer =
      put("a%20b/%C3%BC%2B%25.txt", "hello",
          {"Content-Type: text/x", "x-amz-meta-Colour: red  ", "Cache-Control: no-cache",
           "Content-Encoding: aws-chunked,gzip", "x-amz-decoded-content-length: 5", "x-amz-tagging: a=1&b=2%203"});
  // aws-chunked is a framing, and these bytes are none.
  EXPECT_EQ(answer.status, 400) << answer.body;
  const auto kept = put("a%20b/%C3%BC%2B%25.txt", "hello",
                        {"Content-Type: text/x", "x-amz-meta-Colour: red  ", "Cache-Control: no-cache",
                         "Content-Encoding: gzip", "x-amz-tagging: a=1&b=2%203"});
  EXPECT_EQ(kept.status, 200) << kept.body;
  EXPECT_EQ(kept.field("ETag"), "\"" + kMd5OfHello + "\"");
  EXPECT_EQ(kept.field("x-amz-checksum-type"), "FULL_OBJECT");
  EXPECT_FALSE(kept.field("x-amz-checksum-crc64nvme").empty());
  EXPECT_FALSE(kept.field("x-amz-request-id").empty());
  EXPECT_TRUE(std::filesystem::exists(folder_ / "photos" / "a b" / "\xC3\xBC+%.txt"));

  const auto got = get("a%20b/%C3%BC%2B%25.txt");
  EXPECT_EQ(got.status, 200);
  EXPECT_EQ(got.body, "hello");
  EXPECT_EQ(got.field("ETag"), "\"" + kMd5OfHello + "\"");
  EXPECT_EQ(got.field("Content-Type"), "text/x");
  EXPECT_EQ(got.field("Cache-Control"), "no-cache");
  EXPECT_EQ(got.field("Content-Encoding"), "gzip");
  EXPECT_EQ(got.field("x-amz-meta-colour"), "red");
  EXPECT_EQ(got.field("x-amz-tagging-count"), "2");
  EXPECT_EQ(got.field("Content-Security-Policy"), "sandbox");
  EXPECT_EQ(got.field("Content-Disposition"), "");
  EXPECT_EQ(got.field("x-amz-checksum-crc64nvme"), "") << "only where it is asked for";
  const auto summed = get("a%20b/%C3%BC%2B%25.txt", {"x-amz-checksum-mode: ENABLED"});
  EXPECT_EQ(summed.field("x-amz-checksum-crc64nvme"), kept.field("x-amz-checksum-crc64nvme"));
  const auto head = s3("HEAD", "/photos/a%20b/%C3%BC%2B%25.txt");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.field("Content-Length"), "5");
}

TEST_F(S3Objects, HaveADefaultTypeAndNoOtherIsGuessed) {
  put("page.html", "<p>");
  EXPECT_EQ(get("page.html").field("Content-Type"), "binary/octet-stream");
  const auto overridden = get("page.html?response-content-type=text%2Fplain&response-content-disposition=inline");
  EXPECT_EQ(overridden.field("Content-Type"), "text/plain");
  EXPECT_EQ(overridden.field("Content-Disposition"), "inline");
  EXPECT_EQ(code_of(get("page.html?response-content-language=%E4%BD%A0")), "InvalidArgument");
}

TEST_F(S3Objects, ThatWereDroppedHaveTheirMd5Too) {
  std::ofstream(folder_ / "photos" / "dropped.txt") << "hello";
  EXPECT_EQ(get("dropped.txt").field("ETag"), "\"" + kMd5OfHello + "\"");
  EXPECT_EQ(get("dropped.txt").field("Content-Type"), "text/plain");
  EXPECT_EQ(texts_in(s3("GET", "/photos?list-type=2"), "ETag"), "\"" + kMd5OfHello + "\"");
}

TEST_F(S3Objects, ThatAreNotThereAreSaidToBeSo) {
  const auto absent = get("no");
  EXPECT_EQ(absent.status, 404);
  EXPECT_EQ(code_of(absent), "NoSuchKey");
  EXPECT_EQ(texts_in(absent, "Key"), "no");
  EXPECT_EQ(texts_in(absent, "RequestId"), absent.field("x-amz-request-id"));
  EXPECT_EQ(code_of(s3("GET", "/nowhere/k")), "NoSuchBucket");
  EXPECT_EQ(texts_in(s3("GET", "/nowhere/k"), "BucketName"), "nowhere");
  EXPECT_EQ(s3("DELETE", "/photos/no").status, 204);
  EXPECT_EQ(code_of(s3("DELETE", "/nowhere/k")), "NoSuchBucket");
  EXPECT_EQ(s3("HEAD", "/photos/no").status, 404);
  EXPECT_EQ(code_of(s3("POST", "/photos/no")), "MethodNotAllowed");
  EXPECT_EQ(code_of(get("no?versionId=7")), "InvalidArgument");
  EXPECT_EQ(code_of(get(std::string(1'025, 'k'))), "KeyTooLongError");
  EXPECT_EQ(code_of(get("%ff")), "InvalidURI");
}

TEST_F(S3Objects, AreRefusedWithAWrongChecksum) {
  const auto md5 = [](const std::string& value) { return std::vector<std::string>{"Content-MD5: " + value}; };
  EXPECT_EQ(put("k", "hello", md5("XUFAKrxLKna5cZ2REBfFkg==")).status, 200);
  EXPECT_EQ(code_of(put("k", "hallo", md5("XUFAKrxLKna5cZ2REBfFkg=="))), "BadDigest");
  EXPECT_EQ(code_of(put("k", "hello", md5("short"))), "InvalidDigest");
  EXPECT_EQ(code_of(put("k", "hello", md5(""))), "InvalidDigest");
  const struct {
    std::string field;
    std::string value;
  } sums[] = {{"crc32", "NhCmhg=="},
              {"crc32c", "mnG7TA=="},
              {"sha1", "qvTGHdzF6KLavt4PO0gs2a6pQ00="},
              {"sha256", "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ="}};
  for (const auto& [name, value] : sums) {
    const auto field = "x-amz-checksum-" + name + ": ";
    const auto right = put("k", "hello", {field + value});
    EXPECT_EQ(right.status, 200) << name << right.body;
    EXPECT_EQ(right.field("x-amz-checksum-" + name), value);
    EXPECT_EQ(code_of(put("k", "hallo", {field + value})), "BadDigest") << name;
    EXPECT_EQ(code_of(put("k", "hello", {field + "AA=="})), "InvalidRequest") << name;
  }
  EXPECT_EQ(code_of(put("k", "hello", {"x-amz-checksum-crc32: NhCmhg==", "x-amz-checksum-crc32c: mnG7TA=="})),
            "InvalidRequest");
  EXPECT_EQ(code_of(put("k", "hello", {"x-amz-content-sha256: " + std::string(64, 'a')})), "XAmzContentSHA256Mismatch");
  EXPECT_EQ(get("k").body, "hello") << "nothing that was refused has been stored";
}

TEST_F(S3Objects, ComeFramedWithATrailer) {
  const std::string framed = "5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n";
  const std::vector<std::string> fields{"x-amz-content-sha256: STREAMING-UNSIGNED-PAYLOAD-TRAILER",
                                        "Content-Encoding: aws-chunked", "x-amz-decoded-content-length: 5",
                                        "x-amz-trailer: x-amz-checksum-crc32"};
  const auto answer = put("k", framed, fields);
  EXPECT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.field("x-amz-checksum-crc32"), "NhCmhg==");
  const auto got = get("k");
  EXPECT_EQ(got.body, "hello");
  EXPECT_EQ(got.field("Content-Encoding"), "") << "the framing is no coding of the object";
  auto wrong = framed;
  wrong.replace(wrong.find("hello"), 5, "hallo");
  EXPECT_EQ(code_of(put("k", wrong, fields)), "BadDigest");
  EXPECT_EQ(code_of(put("k", "5\r\nhello\r\n0\r\n\r\n", fields)), "MalformedTrailerError");
  auto longer = fields;
  longer[2] = "x-amz-decoded-content-length: 6";
  EXPECT_EQ(code_of(put("k", framed, longer)), "IncompleteBody");
}

TEST_F(S3Objects, AnswerRangesAsS3Does) {
  put("ten", "0123456789");
  const struct {
    std::string range;
    int status;
    std::string body;
    std::string content_range;
  } cases[] = {
      {"0-8", 206, "012345678", "bytes 0-8/10"},
      {"1-", 206, "123456789", "bytes 1-9/10"},
      {"-2", 206, "89", "bytes 8-9/10"},
      {"0-100", 206, "0123456789", "bytes 0-9/10"},
      {"-15", 206, "0123456789", "bytes 0-9/10"},
      {"1-0", 200, "0123456789", ""},
      {"-1-", 200, "0123456789", ""},
      {"0--1", 200, "0123456789", ""},
      {"0-1,3-4", 200, "0123456789", ""},
  };
  for (const auto& [range, status, body, content_range] : cases) {
    const auto answer = get("ten", {"Range: bytes=" + range});
    EXPECT_EQ(answer.status, status) << range;
    EXPECT_EQ(answer.body, body) << range;
    EXPECT_EQ(answer.field("Content-Range"), content_range) << range;
  }
  for (const std::string range : {"-0", "100-200"}) {
    const auto answer = get("ten", {"Range: bytes=" + range});
    EXPECT_EQ(answer.status, 416);
    EXPECT_EQ(code_of(answer), "InvalidRange");
    EXPECT_EQ(texts_in(answer, "ActualObjectSize"), "10");
  }
  const auto part = get("ten?partNumber=1");
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.field("Content-Range"), "bytes 0-9/10");
  EXPECT_EQ(code_of(get("ten?partNumber=2")), "InvalidPartNumber");
  EXPECT_EQ(code_of(get("ten?partNumber=1", {"Range: bytes=0-1"})), "InvalidRequest");
}

TEST_F(S3Objects, AreReadUnderConditions) {
  put("k", "hello");
  clock.milliseconds = SystemClock().now().time_since_epoch().count() + 1'000;  // a date in the future would be ignored
  const auto modified = get("k").field("Last-Modified");
  const struct {
    std::vector<std::string> fields;
    int status;
  } cases[] = {
      {{"If-Match: \"" + kMd5OfHello + "\""}, 200},
      {{"If-Match: " + kMd5OfHello}, 200},
      {{"If-Match: \"other\""}, 412},
      {{"If-None-Match: \"" + kMd5OfHello + "\""}, 304},
      {{"If-None-Match: *"}, 304},
      {{"If-None-Match: \"other\""}, 200},
      {{"If-Modified-Since: " + modified}, 304},
      {{"If-Unmodified-Since: Sat, 21 Nov 2015 06:44:00 GMT"}, 412},
      {{"If-Match: " + kMd5OfHello, "If-Unmodified-Since: Sat, 21 Nov 2015 06:44:00 GMT"}, 200},
      {{"If-None-Match: \"other\"", "If-Modified-Since: " + modified}, 200},
  };
  for (const auto& [fields, status] : cases) EXPECT_EQ(get("k", fields).status, status) << fields.front();
  EXPECT_EQ(texts_in(get("k", {"If-Match: \"other\""}), "Condition"), "If-Match");
}

TEST_F(S3Objects, AreWrittenAndDeletedUnderConditions) {
  EXPECT_EQ(put("k", "hello", {"If-None-Match: *"}).status, 200);
  const auto again = put("k", "again", {"If-None-Match: *"});
  EXPECT_EQ(again.status, 412);
  EXPECT_EQ(texts_in(again, "Condition"), "If-None-Match");
  EXPECT_EQ(code_of(put("k", "x", {"If-None-Match: \"e\""})), "NotImplemented");
  EXPECT_EQ(code_of(put("k", "x", {"If-Match: *"})), "NotImplemented");
  EXPECT_EQ(put("k", "x", {"If-Match: \"other\""}).status, 412);
  EXPECT_EQ(code_of(put("no", "x", {"If-Match: \"other\""})), "NoSuchKey");
  EXPECT_EQ(get("k").body, "hello");
  EXPECT_EQ(s3("DELETE", "/photos/k", "", {"If-Match: \"other\""}).status, 412);
  EXPECT_EQ(s3("DELETE", "/photos/no", "", {"If-Match: \"other\""}).status, 204) << "nothing is left to do";
  EXPECT_EQ(s3("DELETE", "/photos/k", "", {"If-Match: \"" + kMd5OfHello + "\""}).status, 204);
}

TEST_F(S3Objects, AreCopiedWithTheirPropertiesOrOthers) {
  put("from", "hello", {"Content-Type: text/x", "x-amz-meta-a: 1", "x-amz-tagging: t=1"});
  const auto copied = put("to", "", {"x-amz-copy-source: photos%2Ffrom"});
  EXPECT_EQ(copied.status, 200) << copied.body;
  EXPECT_EQ(texts_in(copied, "ETag"), "\"" + kMd5OfHello + "\"");
  const auto got = get("to");
  EXPECT_EQ(got.body + " " + got.field("Content-Type") + " " + got.field("x-amz-meta-a"), "hello text/x 1");
  EXPECT_EQ(got.field("x-amz-tagging-count"), "1");
  put("to", "", {"x-amz-copy-source: /photos/from", "x-amz-metadata-directive: REPLACE", "x-amz-meta-b: 2"});
  EXPECT_EQ(get("to").field("x-amz-meta-a"), "");
  EXPECT_EQ(get("to").field("x-amz-meta-b"), "2");
  EXPECT_EQ(code_of(put("to", "", {"x-amz-copy-source: photos/to"})), "InvalidRequest");
  EXPECT_EQ(put("to", "", {"x-amz-copy-source: photos/to", "x-amz-metadata-directive: REPLACE"}).status, 200);
  EXPECT_EQ(get("to").body, "hello");
  EXPECT_EQ(code_of(put("to", "", {"x-amz-copy-source: photos/no"})), "NoSuchKey");
  EXPECT_EQ(code_of(put("to", "", {"x-amz-copy-source: nowhere/no"})), "NoSuchBucket");
  EXPECT_EQ(code_of(put("to", "", {"x-amz-copy-source: photos"})), "InvalidArgument");
  EXPECT_EQ(put("to", "", {"x-amz-copy-source: photos/from", "x-amz-copy-source-if-none-match: " + kMd5OfHello}).status,
            412);
}

TEST_F(S3Objects, HaveTagsAndAttributes) {
  put("k", "hello", {"x-amz-checksum-crc32: NhCmhg=="});
  EXPECT_EQ(
      s3("PUT", "/photos/k?tagging", "<Tagging><TagSet><Tag><Key>a</Key><Value>b</Value></Tag></TagSet></Tagging>")
          .status,
      200);
  EXPECT_EQ(texts_in(get("k?tagging"), "Value"), "b");
  EXPECT_EQ(get("k").field("ETag"), "\"" + kMd5OfHello + "\"") << "tags change no bytes";
  EXPECT_EQ(s3("DELETE", "/photos/k?tagging").status, 204);
  EXPECT_EQ(texts_in(get("k?tagging"), "Value"), "");
  const auto attributes = get("k?attributes", {"x-amz-object-attributes: ETag,Checksum,ObjectSize"});
  EXPECT_EQ(texts_in(attributes, "ETag"), kMd5OfHello);
  EXPECT_EQ(texts_in(attributes, "ChecksumCRC32"), "NhCmhg==");
  EXPECT_EQ(texts_in(attributes, "ObjectSize"), "5");
  EXPECT_EQ(code_of(get("k?attributes", {"x-amz-object-attributes: Colour"})), "InvalidArgument");
}

TEST_F(S3Objects, AreNotAskedWhatWouldNotBeDone) {
  for (const std::string field :
       {"x-amz-server-side-encryption-customer-algorithm: AES256", "x-amz-server-side-encryption: aws:kms",
        "x-amz-object-lock-mode: GOVERNANCE", "x-amz-website-redirect-location: /x", "x-amz-grant-read: id=1"}) {
    const auto answer = put("k", "x", {field});
    EXPECT_EQ(answer.status, 501) << field;
    EXPECT_EQ(code_of(answer), "NotImplemented") << field;
  }
  EXPECT_EQ(code_of(put("k", "x", {"x-amz-acl: nobody"})), "InvalidArgument");
  EXPECT_EQ(code_of(put("k", "x", {"x-amz-meta-a: " + std::string(2'048, 'v')})), "MetadataTooLarge");
  EXPECT_EQ(code_of(get("k?torrent")), "NotImplemented");
  EXPECT_EQ(code_of(get("k", {"x-amz-expected-bucket-owner: 1"})), "InvalidBucketOwnerAWSAccountID");
  EXPECT_EQ(code_of(get("k", {"x-amz-expected-bucket-owner: 999999999999"})), "AccessDenied");
}

}  // namespace
}  // namespace stepd::api::test
