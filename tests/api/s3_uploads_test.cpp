// Uploads in parts through S3's protocol.
#include "api/routes/body_checksums.h"
#include "api/s3/checksum_join.h"
#include "api/s3_fixture.h"
#include "base/digest.h"
#include "base/encoding.h"

namespace stepd::api::test {
namespace {

using S3Uploads = S3Api;

constexpr std::size_t kMinimum = 5'242'880;

std::string md5_hex(const std::string& bytes) { return to_hex(*digest_of(DigestKind::Md5, bytes)); }

std::string sum(const std::string& algorithm, const std::string& bytes) {
  const auto checksum = begin_checksum(algorithm);
  checksum->add(bytes);
  return checksum->finish();
}

TEST_F(S3Uploads, BecomeOneObjectAtTheirEnd) {
  const std::string first(kMinimum, 'a');
  const std::string last = "the end";
  const auto id = begin_upload("big", {"Content-Type: text/x", "x-amz-meta-a: 1"});
  ASSERT_FALSE(id.empty());
  EXPECT_EQ(put_part("big", id, 7, last).field("ETag"), "\"" + md5_hex(last) + "\"") << "in any order, with gaps";
  EXPECT_EQ(put_part("big", id, 2, "replaced").status, 200);
  EXPECT_EQ(put_part("big", id, 2, first).status, 200);
  EXPECT_EQ(get("big").status, 404);
  EXPECT_EQ(texts_in(s3("GET", "/photos?uploads"), "UploadId"), id);
  const auto parts = s3("GET", "/photos/big?uploadId=" + id);
  EXPECT_EQ(texts_in(parts, "PartNumber"), "2 7");
  EXPECT_EQ(texts_in(parts, "Size"), "5242880 7");
  EXPECT_EQ(texts_in(s3("GET", "/photos/big?max-parts=1&uploadId=" + id), "NextPartNumberMarker"), "2");

  const auto list = part_element(2, md5_hex(first)) + part_element(7, "&quot;" + md5_hex(last) + "&quot;");
  const auto done = complete("big", id, list);
  EXPECT_EQ(done.status, 200) << done.body;
  const auto etag =
      md5_hex(*from_base64(to_base64(*digest_of(DigestKind::Md5, first) + *digest_of(DigestKind::Md5, last)))) + "-2";
  EXPECT_EQ(texts_in(done, "ETag"), "\"" + etag + "\"");
  EXPECT_EQ(texts_in(done, "ChecksumCRC64NVME"), to_base64(sum("crc64nvme", first + last)));
  const auto got = get("big", {"x-amz-checksum-mode: ENABLED"});
  EXPECT_TRUE(got.body == first + last);
  EXPECT_EQ(got.field("ETag"), "\"" + etag + "\"");
  EXPECT_EQ(got.field("Content-Type") + got.field("x-amz-meta-a"), "text/x1");
  EXPECT_EQ(got.field("x-amz-checksum-crc64nvme"), to_base64(sum("crc64nvme", first + last)));
  const auto second = get("big?partNumber=2");
  EXPECT_EQ(second.body, last);
  EXPECT_EQ(second.field("x-amz-mp-parts-count"), "2");

  EXPECT_EQ(texts_in(complete("big", id, list), "ETag"), "\"" + etag + "\"") << "the same once more";
  EXPECT_EQ(code_of(put_part("big", id, 1, "x")), "NoSuchUpload");
  EXPECT_EQ(code_of(s3("GET", "/photos/big?uploadId=" + id)), "NoSuchUpload");
  EXPECT_EQ(texts_in(s3("GET", "/photos?uploads"), "UploadId"), "");
  EXPECT_EQ(texts_in(put("copy", "", {"x-amz-copy-source: photos/big"}), "ETag"), "\"" + md5_hex(first + last) + "\"");
}

TEST_F(S3Uploads, AreRefusedWhereTheirPartsAreNotAsNamed) {
  const auto id = begin_upload("k");
  const auto one = md5_hex("one");
  put_part("k", id, 1, "one");
  put_part("k", id, 2, "two");
  EXPECT_EQ(code_of(complete("k", id, "")), "InvalidRequest");
  EXPECT_EQ(code_of(complete("k", id, "<Part>")), "MalformedXML");
  EXPECT_EQ(code_of(complete("k", id, part_element(2, md5_hex("two")) + part_element(1, one))), "InvalidPartOrder");
  EXPECT_EQ(code_of(complete("k", id, part_element(1, md5_hex("two")))), "InvalidPart");
  EXPECT_EQ(code_of(complete("k", id, part_element(3, one))), "InvalidPart");
  const auto small = complete("k", id, part_element(1, one) + part_element(2, md5_hex("two")));
  EXPECT_EQ(code_of(small), "EntityTooSmall");
  EXPECT_EQ(texts_in(small, "MinSizeAllowed"), "5242880");
  EXPECT_EQ(code_of(put_part("k", id, 0, "x")), "InvalidArgument");
  EXPECT_EQ(code_of(put_part("k", id, 10'001, "x")), "InvalidArgument");
  EXPECT_EQ(code_of(put_part("k", "no", 1, "x")), "NoSuchUpload");
  EXPECT_EQ(code_of(put_part("other", id, 1, "x")), "NoSuchUpload") << "the upload is of another key";
  EXPECT_EQ(code_of(complete("k", id, part_element(1, one), {"x-amz-mp-object-size: 4"})), "InvalidRequest");
  EXPECT_EQ(get("k").status, 404);
  const auto done = complete("k", id, part_element(1, one), {"x-amz-mp-object-size: 3"});
  EXPECT_EQ(done.status, 200) << done.body;
  EXPECT_EQ(get("k").body, "one");
}

TEST_F(S3Uploads, HaveCompositeOrWholeChecksums) {
  EXPECT_EQ(code_of(s3("POST", "/photos/k?uploads", "",
                       {"x-amz-checksum-algorithm: SHA1", "x-amz-checksum-type: FULL_OBJECT"})),
            "InvalidRequest");
  const auto value = to_base64(sum("sha256", "one"));
  const auto id = begin_upload("k", {"x-amz-checksum-algorithm: SHA256"});
  EXPECT_EQ(code_of(put_part("k", id, 1, "one", {"x-amz-checksum-crc32: " + to_base64(sum("crc32", "one"))})),
            "InvalidRequest");
  EXPECT_EQ(put_part("k", id, 1, "one", {"x-amz-checksum-sha256: " + value}).field("x-amz-checksum-sha256"), value);
  EXPECT_EQ(code_of(complete("k", id, part_element(1, md5_hex("one")))), "InvalidRequest") << "its checksum is missing";
  const auto done =
      complete("k", id, part_element(1, md5_hex("one"), "<ChecksumSHA256>" + value + "</ChecksumSHA256>"));
  EXPECT_EQ(texts_in(done, "ChecksumSHA256"), to_base64(sum("sha256", sum("sha256", "one"))) + "-1") << done.body;
  EXPECT_EQ(texts_in(done, "ChecksumType"), "COMPOSITE");

  EXPECT_EQ(get("k?partNumber=1", {"x-amz-checksum-mode: ENABLED"}).field("x-amz-checksum-sha256"), value);
  const auto attributes = get("k?attributes", {"x-amz-object-attributes: ObjectParts"});
  EXPECT_EQ(texts_in(attributes, "ChecksumSHA256") + " " + texts_in(attributes, "PartsCount"), value + " 1");

  const auto whole = begin_upload("w", {"x-amz-checksum-algorithm: CRC32C", "x-amz-checksum-type: FULL_OBJECT"});
  put_part("w", whole, 1, "one");
  EXPECT_EQ(code_of(complete("w", whole, part_element(1, md5_hex("one")), {"x-amz-checksum-crc32c: AAAAAA=="})),
            "BadDigest");
  EXPECT_EQ(texts_in(complete("w", whole, part_element(1, md5_hex("one"))), "ChecksumCRC32C"),
            to_base64(sum("crc32c", "one")));
}

TEST_F(S3Uploads, TakePartsFromObjectsAndEndWithoutATrace) {
  put("from", "0123456789");
  const auto id = begin_upload("k");
  const auto target = "/photos/k?partNumber=1&uploadId=" + id;
  const auto copied = s3("PUT", target, "", {"x-amz-copy-source: photos/from", "x-amz-copy-source-range: bytes=2-4"});
  EXPECT_EQ(texts_in(copied, "ETag"), "\"" + md5_hex("234") + "\"") << copied.body;
  for (const std::string range : {"bytes=2-", "bytes=4-2", "bytes=0-10", "0-1"}) {
    EXPECT_EQ(code_of(s3("PUT", target, "", {"x-amz-copy-source: photos/from", "x-amz-copy-source-range: " + range})),
              "InvalidArgument")
        << range;
  }
  EXPECT_EQ(s3("DELETE", "/photos/k?uploadId=" + id).status, 204);
  EXPECT_EQ(code_of(s3("DELETE", "/photos/k?uploadId=" + id)), "NoSuchUpload");
  EXPECT_TRUE(std::filesystem::is_empty(folder_ / "photos" / ".stepd-tmp" / "uploads"));
}

TEST_F(S3Uploads, AreListedByKeyAndPage) {
  const auto b1 = begin_upload("b/1");
  const auto a = begin_upload("a");
  begin_upload("b/2");
  EXPECT_EQ(texts_in(s3("GET", "/photos?uploads"), "Key"), "a b/1 b/2");
  EXPECT_EQ(texts_in(s3("GET", "/photos?uploads&delimiter=/"), "Prefix"), "b/");
  const auto page = s3("GET", "/photos?uploads=&max-uploads=1");
  EXPECT_EQ(texts_in(page, "NextKeyMarker") + texts_in(page, "NextUploadIdMarker"), "a" + a);
  EXPECT_EQ(texts_in(s3("GET", "/photos?uploads&key-marker=a&upload-id-marker=" + a), "Key"), "b/1 b/2");
  EXPECT_EQ(code_of(s3("GET", "/photos?uploads&key-marker=a&upload-id-marker=no")), "InvalidArgument");
}

TEST(ChecksumJoin, IsTheChecksumOfTheBytesOneBehindTheOther) {
  const std::string one = "some bytes";
  const std::string two(100'000, 'x');
  const std::string three;
  for (const auto* algorithm : {"crc32", "crc32c", "crc64nvme"}) {
    const std::vector<s3::PartChecksum> parts{
        {sum(algorithm, one), one.size()}, {sum(algorithm, two), two.size()}, {sum(algorithm, three), 0}};
    EXPECT_EQ(s3::join_crcs(algorithm, parts), sum(algorithm, one + two)) << algorithm;
  }
  EXPECT_EQ(s3::join_crcs("sha1", {}), "");
}

}  // namespace
}  // namespace stepd::api::test
