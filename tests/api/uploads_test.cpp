// Bodies that are framed, coded, summed up or meant for S3 alone: what is stored is what the client meant, or nothing.
#include "api/api_fixture.h"
#include "api/aws_chunked.h"
#include "api/routes/body_checksums.h"
#include "base/encoding.h"

namespace stepd::api::test {
namespace {

const std::string kText = "hello world";
const std::string kCrc32 = "DUoRhQ==";
const std::string kSha256 = "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9";
const std::string kSha1 = "Kq5sNclPz7QV2+lfQIuc6R7oRu0=";
const std::string kMd5 = "XrY7u+Ae7tCTyyK7j1rNww==";
const std::string kSignature = ";chunk-signature=" + std::string(64, 'a');

class Uploads : public Api {
 protected:
  Answer put(const std::string& body, const std::vector<std::string>& fields, const std::string& query = "") {
    return ask("PUT", "/buckets/uploads/k" + query, body, fields);
  }
  void expect_stored(const std::string& body, const std::vector<std::string>& fields) {
    objects.put("k", "before");
    const auto answer = put(body, fields);
    EXPECT_EQ(answer.status, 200) << fields.front() << ": " << answer.body;
    EXPECT_EQ(objects.objects().at("k").bytes, kText) << fields.front();
  }
  void expect_refused(const std::string& body, const std::vector<std::string>& fields, int status,
                      const std::string& reason) {
    objects.put("k", "before");
    const auto answer = put(body, fields);
    EXPECT_EQ(answer.status, status) << fields.front() << ": " << answer.body;
    EXPECT_NE(answer.body.find(reason), std::string::npos) << fields.front() << ": " << answer.body;
    EXPECT_EQ(objects.objects().at("k").bytes, "before") << fields.front();
  }
  static std::vector<std::string> streaming(const std::string& kind, const std::vector<std::string>& more = {}) {
    std::vector<std::string> fields = {"x-amz-content-sha256: STREAMING-" + kind, "Content-Encoding: aws-chunked",
                                       "x-amz-decoded-content-length: 11"};
    fields.insert(fields.end(), more.begin(), more.end());
    return fields;
  }
  static std::vector<std::string> with_trailer() {
    return streaming("UNSIGNED-PAYLOAD-TRAILER", {"x-amz-trailer: x-amz-checksum-crc32"});
  }
  static std::string framed(const std::string& end) { return "5\r\nhello\r\n6\r\n world\r\n0\r\n" + end; }
};

TEST_F(Uploads, EveryKindOfTheFramingIsTakenOff) {
  expect_stored(framed("x-amz-checksum-crc32:" + kCrc32 + "\r\n\r\n"), with_trailer());
  expect_stored("5" + kSignature + "\r\nhello\r\n6" + kSignature + "\r\n world\r\n0" + kSignature + "\r\n\r\n",
                streaming("AWS4-HMAC-SHA256-PAYLOAD"));
  expect_stored("b" + kSignature + "\r\nhello world\r\n0" + kSignature + "\r\nx-amz-checksum-crc32:" + kCrc32 +
                    "\r\nx-amz-trailer-signature:" + std::string(64, 'b') + "\r\n\r\n",
                streaming("AWS4-HMAC-SHA256-PAYLOAD-TRAILER", {"x-amz-trailer: x-amz-checksum-crc32"}));
  // Either field alone announces it.
  expect_stored(framed("\r\n"), {"Content-Encoding: aws-chunked", "x-amz-decoded-content-length: 11"});
  expect_stored(framed("\r\n"),
                {"x-amz-content-sha256: STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "x-amz-decoded-content-length: 11"});
  expect_stored("B\r\nhello world\r\n0\r\n\r\n",
                {"Content-Encoding: AWS-Chunked, identity", "x-amz-decoded-content-length: 11"});
}

TEST_F(Uploads, TheFramingMayBeCutAnywhereIntoChunksOfHttp) {
  const std::string body = framed("x-amz-checksum-crc32:" + kCrc32 + "\r\n\r\n");
  for (const std::size_t size : {1U, 2U, 3U, 7U, 64U}) {
    std::string request = "PUT /buckets/uploads/k HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n";
    for (const auto& field : with_trailer()) request += field + "\r\n";
    request += "\r\n";
    for (std::size_t at = 0; at < body.size(); at += size) {
      const auto piece = body.substr(at, size);
      request += "0" + to_hex(std::string(1, static_cast<char>(piece.size()))) + "\r\n" + piece + "\r\n";
    }
    objects.put("k", "before");
    EXPECT_EQ(raw(request + "0\r\n\r\n").status, 200) << size;
    EXPECT_EQ(objects.objects().at("k").bytes, kText) << size;
  }
}

TEST_F(Uploads, WhatIsAnnouncedAsFramedAndIsNotIsRefused) {
  const auto unsigned_fields = streaming("AWS4-HMAC-SHA256-PAYLOAD");
  for (const std::string& body : std::vector<std::string>{
           kText, "5\r\nhello\r\n6\r\n world\r\n", "5\r\nhello\r\n6\r\n worl", "b\r\nhello world!\r\n0\r\n\r\n",
           "b\r\nhello world\r\n0\r\n\r\nmore", "b;x=y\r\nhello world\r\n0\r\n\r\n", "-b\r\nhello world\r\n0\r\n\r\n",
           "0xb\r\nhello world\r\n0\r\n\r\n", "\r\nhello world\r\n0\r\n\r\n",
           "fffffffffffffffff\r\nhello world\r\n0\r\n\r\n", std::string(5'000, 'a'), "b\nhello world\n0\n\n",
           "b\r\nhello world\r\n0\r\n"}) {
    expect_refused(body, unsigned_fields, 400, "aws-chunked");
  }
  expect_refused("", unsigned_fields, 400, "aws-chunked");
}

TEST_F(Uploads, TheLengthThatIsMeantIsChecked) {
  const std::string body = framed("\r\n");
  expect_refused(body, {"Content-Encoding: aws-chunked"}, 411, "x-amz-decoded-content-length");
  expect_refused(body, {"Content-Encoding: aws-chunked", "x-amz-decoded-content-length: x"}, 411, "x-amz-decoded");
  expect_refused(body, {"Content-Encoding: aws-chunked", "x-amz-decoded-content-length: 10"}, 400, "more than");
  expect_refused(body, {"Content-Encoding: aws-chunked", "x-amz-decoded-content-length: 12"}, 400, "holds 11 bytes");
  expect_refused(body, {"Content-Encoding: aws-chunked", "x-amz-decoded-content-length: 99999999999999"}, 413,
                 "larger");
}

TEST_F(Uploads, TrailersAreTheOnesThatWereAnnouncedAndTheirChecksumsHold) {
  expect_refused(framed("\r\n"), with_trailer(), 400, "x-amz-checksum-crc32");
  expect_refused(framed("x-amz-checksum-crc32:AAAAAA==\r\n\r\n"), with_trailer(), 400, "do not have the checksum");
  expect_refused(framed("x-amz-checksum-crc32:" + kSha1 + "\r\n\r\n"), with_trailer(), 400, "none of such a checksum");
  expect_refused(framed("x-amz-checksum-sha1:" + kSha1 + "\r\n\r\n"), with_trailer(), 400, "not announced");
  expect_refused(framed("nonsense\r\n\r\n"), with_trailer(), 400, "a trailer has a name");
  expect_refused(framed("x-amz-checksum-crc32:" + kCrc32 + "\r\n\r\n"), streaming("AWS4-HMAC-SHA256-PAYLOAD"), 400,
                 "not announced");
  expect_refused(framed("\r\n"), streaming("UNSIGNED-PAYLOAD-TRAILER"), 400, "x-amz-trailer names none");
  expect_refused(framed("\r\n"), streaming("UNSIGNED-PAYLOAD-TRAILER", {"x-amz-trailer: x-amz-checksum-xxhash64"}), 400,
                 "cannot be checked");
  expect_refused(framed("\r\n"), streaming("UNSIGNED-PAYLOAD-TRAILER", {"x-amz-trailer: x-other"}), 400, "no checksum");
}

TEST_F(Uploads, ChecksumsInTheHeadHold) {
  const std::vector<std::string> right = {"x-amz-checksum-crc32: " + kCrc32,
                                          "x-amz-checksum-sha1: " + kSha1,
                                          "Content-MD5: " + kMd5,
                                          "x-amz-content-sha256: " + kSha256,
                                          "x-amz-content-sha256: UNSIGNED-PAYLOAD",
                                          "x-amz-sdk-checksum-algorithm: CRC32"};
  for (const auto& field : right) expect_stored(kText, {field});
  const std::vector<std::string> wrong = {"x-amz-checksum-crc32: AAAAAA==", "Content-MD5: AAAAAAAAAAAAAAAAAAAAAA==",
                                          "x-amz-content-sha256: " + std::string(64, '0')};
  for (const auto& field : wrong) expect_refused(kText, {field}, 400, "do not have the checksum");
  for (const std::string field :
       {"x-amz-checksum-crc32: x", "Content-MD5: x", "x-amz-content-sha256: x", "x-amz-checksum-sha256: AAAA"}) {
    expect_refused(kText, {field}, 400, "none of such a checksum");
  }
  expect_refused(kText, {"x-amz-checksum-xxhash3: AAAA"}, 400, "cannot be checked");
}

TEST(Checksums, HaveTheirCheckValues) {
  const auto of = [](std::string_view name) {
    const auto checksum = begin_checksum(name);
    checksum->add("1234");
    checksum->add("56789");
    return to_hex(checksum->finish());
  };
  EXPECT_EQ(of("crc32"), "cbf43926");
  EXPECT_EQ(of("crc32c"), "e3069283");
  EXPECT_EQ(of("crc64nvme"), "ae8b14860a799888");
  EXPECT_EQ(of("md5"), "25f9e794323b453885f5181f1b624d0b");
  EXPECT_EQ(of("sha1"), "f7c3bc1d808e04732adf679965ccc34ca7ae3441");
  EXPECT_EQ(begin_checksum("xxhash64"), nullptr);
}

TEST_F(Uploads, OtherCodingsAreRefused) {
  for (const char* coding : {"gzip", "br", "deflate", "aws-chunked,gzip", "gzip, aws-chunked", "zstd"}) {
    expect_refused(kText, {std::string("Content-Encoding: ") + coding, "x-amz-decoded-content-length: 11"}, 415,
                   "Content-Encoding");
  }
  expect_stored(kText, {"Content-Encoding: identity"});
  expect_refused(kText, {"Content-Range: bytes 0-10/20"}, 400, "a part of an object");
}

TEST_F(Uploads, ACodedBodyIsRefusedByEveryOtherRouteToo) {
  routes.starts = {{"/go", kMachineArn, {}, {}}};
  EXPECT_EQ(ask("POST", "/go", "{}", {"Content-Encoding: gzip"}).status, 415);
  EXPECT_EQ(ask("POST", "/", "{}", {"Content-Type: application/x-amz-json-1.0", "Content-Encoding: gzip"}).status, 415);
}

TEST_F(Uploads, WhatOnlyS3WouldUnderstandIsNotTakenForTheObject) {
  for (const char* query : {"?tagging", "?acl", "?partNumber=1&uploadId=x", "?uploads=", "?retention", "?legal-hold",
                            "?versionId=1", "?x-id=UploadPart&uploadId=x", "?%74agging"}) {
    objects.put("k", "before");
    EXPECT_EQ(put("<Tagging/>", {}, query).status, 501) << query;
    EXPECT_EQ(ask("DELETE", std::string("/buckets/uploads/k") + query).status, 501) << query;
    EXPECT_EQ(ask("GET", std::string("/buckets/uploads/k") + query).status, 501) << query;
    EXPECT_EQ(objects.objects().at("k").bytes, "before") << query;
  }
  for (const char* field : {"x-amz-copy-source: uploads/other", "x-amz-tagging: a=b", "x-amz-acl: public-read",
                            "x-amz-server-side-encryption-customer-algorithm: AES256", "x-amz-write-offset-bytes: 6",
                            "x-amz-object-lock-mode: GOVERNANCE"}) {
    expect_refused(kText, {field}, 501, "S3's");
  }
  expect_stored(kText, {"x-amz-acl: private", "x-amz-storage-class: STANDARD", "x-amz-request-payer: requester"});
  EXPECT_EQ(put(kText, {}, "?x-id=PutObject").status, 200);
}

}  // namespace
}  // namespace stepd::api::test
