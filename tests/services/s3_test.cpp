// S3's operations as Task states call them: answers as the SDK shows them, errors as it names them.
#include "services/service_bench.h"

#include <gmock/gmock.h>

namespace stepd::test {
namespace {

using testing::ContainsRegex;
using testing::HasSubstr;

class S3 : public ServiceBench {
 protected:
  void put(const std::string& key, const std::string& body = "\"x\"", const std::string& more = "") {
    const auto done =
        call("aws-sdk:s3:putObject", R"({"Bucket": "inbox", "Key": ")" + key + R"(", "Body": )" + body + more + "}");
    ASSERT_TRUE(done) << done.error().cause;
  }
  Json get(const std::string& key, const std::string& bucket = "inbox") {
    return answer("aws-sdk:s3:getObject", R"({"Bucket": ")" + bucket + R"(", "Key": ")" + key + "\"}");
  }
};

TEST_F(S3, PutWritesTheBodyAsJsonAndGetReadsIt) {
  const auto put = answer("aws-sdk:s3:putObject",
                          R"({"Bucket": "inbox", "Key": "k.json", "Body": {"a": [1]}, "ContentType": "text/x",
                                                      "Metadata": {"by": "me"}})");
  EXPECT_EQ(put["ChecksumCRC32"], "u5xGWg==");
  EXPECT_EQ(put["ChecksumType"], "FULL_OBJECT");
  const auto got = get("k.json");
  EXPECT_EQ(got["Body"], R"({"a":[1]})");
  EXPECT_EQ(got["ContentLength"], 9);
  EXPECT_EQ(got["ContentType"], "text/x");
  EXPECT_EQ(got["Metadata"], (Json{{"by", "me"}}));
  EXPECT_EQ(got["ETag"], put["ETag"]);
  EXPECT_EQ(got["ETag"], "\"9ce06edb2e3406c40e507870b76580a0\"") << "the MD5 of the bytes, as on S3";
  EXPECT_THAT(got["LastModified"].get<std::string>(), ContainsRegex("^20[-0-9]+T[0-9:]+Z$"));
  auto head = answer("aws-sdk:s3:headObject", R"({"Bucket": "inbox", "Key": "k.json"})");
  head["Body"] = got["Body"];
  EXPECT_EQ(head, got);
  this->put("text", "\"words\"");
  EXPECT_EQ(get("text")["Body"], "\"words\"") << "with its quotation marks, as AWS does it";
  this->put("empty", "null");
  EXPECT_EQ(get("empty")["Body"], "");
}

TEST_F(S3, NamesWhatIsNotThere) {
  const auto key = error("aws-sdk:s3:getObject", R"({"Bucket": "inbox", "Key": "none"})");
  EXPECT_EQ(key.name, "S3.NoSuchKeyException");
  EXPECT_THAT(key.cause,
              ContainsRegex("^The specified key does not exist. \\(Service: S3, Status Code: 404, Request ID: "
                            "[-0-9a-f]+, Extended Request ID: [-0-9a-f]+\\)$"));
  EXPECT_EQ(error("aws-sdk:s3:headObject", R"({"Bucket": "inbox", "Key": "none"})").name, "S3.NoSuchKeyException");
  for (const char* operation : {"getObject", "putObject", "deleteObject"}) {
    const auto bucket = error(std::string("aws-sdk:s3:") + operation, R"({"Bucket": "off", "Key": "k"})");
    EXPECT_EQ(bucket.name, "S3.NoSuchBucketException") << operation;
    EXPECT_THAT(bucket.cause, HasSubstr("The specified bucket does not exist (Service: S3, Status Code: 404,"))
        << operation;
  }
  const auto outside = error("aws-sdk:s3:getObject", R"({"Bucket": "inbox", "Key": "../secret"})");
  EXPECT_EQ(outside.name, "S3.S3Exception");
  EXPECT_THAT(outside.cause, HasSubstr("Status Code: 400"));
}

TEST_F(S3, NamesWrongParameters) {
  const auto why = [&](const char* resource, const char* parameters) {
    const auto found = error(resource, parameters);
    EXPECT_EQ(found.name, "States.Runtime") << resource;
    return found.cause;
  };
  EXPECT_THAT(why("aws-sdk:s3:getObject", R"({"Bucket": 7})"), HasSubstr("/Bucket: expected a string"));
  EXPECT_THAT(why("aws-sdk:s3:getObject", R"({"Bucket": "inbox", "Key": "k", "Range": "0-1"})"),
              HasSubstr("/Range: unknown"));
  EXPECT_THAT(why("aws-sdk:s3:copyObject", R"({"Bucket": "inbox", "Key": "k"})"), HasSubstr("/CopySource: missing"));
  for (const char* source : {"inbox", "/inbox", "inbox/", "/"}) {
    const Json parameters{{"Bucket", "outbox"}, {"Key", "k"}, {"CopySource", source}};
    EXPECT_THAT(why("aws-sdk:s3:copyObject", parameters.dump().c_str()), HasSubstr("/CopySource: expected BUCKET/KEY"))
        << source;
  }
  EXPECT_THAT(why("aws-sdk:s3:deleteObjects", R"({"Bucket": "inbox", "Delete": {"Objects": ["k"]}})"),
              HasSubstr("/Delete/Objects: expected"));
  EXPECT_THAT(why("aws-sdk:s3:listObjectsV2", R"({"Bucket": "inbox", "MaxKeys": "ten"})"),
              HasSubstr("/MaxKeys: expected"));
}

TEST_F(S3, PutMayRefuseToReplace) {
  const char* once = R"({"Bucket": "inbox", "Key": "k", "Body": 1, "IfNoneMatch": "*"})";
  ASSERT_TRUE(call("aws-sdk:s3:putObject", once, "5-1"));
  EXPECT_TRUE(call("aws-sdk:s3:putObject", once, "5-1")) << "the same attempt again";
  const auto second = call("aws-sdk:s3:putObject", once, "5-2");
  EXPECT_EQ(second.error().name, "S3.S3Exception");
  EXPECT_THAT(
      second.error().cause,
      HasSubstr("At least one of the pre-conditions you specified did not hold (Service: S3, Status Code: 412"));
}

TEST_F(S3, CopyReadsAnEncodedSourceAndKeepsOrReplacesMetadata) {
  put("a b+c/ü%.txt", "1", R"(, "Metadata": {"m": "1"}, "ContentType": "text/a")");
  for (const char* source : {"inbox/a%20b+c/%C3%BC%25.txt", "/inbox/a b+c/%c3%bc%.txt"}) {
    const Json parameters{
        {"Bucket", "outbox"}, {"Key", "copy"}, {"CopySource", source}, {"ContentType", "not looked at"}};
    const auto copied = answer("aws-sdk:s3:copyObject", parameters.dump());
    ASSERT_TRUE(copied.is_object()) << copied;
    EXPECT_EQ(copied["CopyObjectResult"]["ETag"], get("copy", "outbox")["ETag"]);
    EXPECT_EQ(get("copy", "outbox")["Metadata"], (Json{{"m", "1"}}));
    EXPECT_EQ(get("copy", "outbox")["ContentType"], "text/a");
  }
  ASSERT_TRUE(call("aws-sdk:s3:copyObject",
                   R"({"Bucket": "outbox", "Key": "new", "CopySource": "outbox/copy", "MetadataDirective": "REPLACE",
                                                "ContentType": "text/b"})"));
  EXPECT_EQ(get("new", "outbox")["Metadata"], Json::object());
  EXPECT_EQ(get("new", "outbox")["ContentType"], "text/b");
  EXPECT_EQ(error("aws-sdk:s3:copyObject", R"({"Bucket": "outbox", "Key": "k", "CopySource": "inbox/none"})").name,
            "S3.NoSuchKeyException");
}

TEST_F(S3, DeletesOneOrManyAndWhatIsGoneToo) {
  for (const char* key : {"a", "b", "c"}) put(key);
  EXPECT_EQ(answer("aws-sdk:s3:deleteObject", R"({"Bucket": "inbox", "Key": "a"})"), Json::object());
  EXPECT_EQ(answer("aws-sdk:s3:deleteObject", R"({"Bucket": "inbox", "Key": "a"})"), Json::object());
  const auto many =
      answer("aws-sdk:s3:deleteObjects",
             R"({"Bucket": "inbox", "Delete": {"Objects": [{"Key": "b"}, {"Key": "/bad"}, {"Key": "none"}]}})");
  EXPECT_EQ(many["Deleted"], Json::parse(R"([{"Key": "b"}, {"Key": "none"}])"));
  EXPECT_EQ(many["Errors"][0]["Key"], "/bad");
  EXPECT_EQ(many["Errors"][0]["Code"], "InvalidArgument");
  EXPECT_EQ(answer("aws-sdk:s3:deleteObjects",
                   R"({"Bucket": "inbox", "Delete": {"Objects": [{"Key": "c"}], "Quiet": true}})"),
            Json::object());
  EXPECT_EQ(answer("aws-sdk:s3:listObjectsV2", R"({"Bucket": "inbox"})")["KeyCount"], 0);
}

TEST_F(S3, ListsInPagesAndByDelimiter) {
  for (const char* key : {"a/1", "a/2", "b", "c/3"}) put(key);
  const auto first = answer("aws-sdk:s3:listObjectsV2", R"({"Bucket": "inbox", "Delimiter": "/", "MaxKeys": 2})");
  EXPECT_EQ(first["CommonPrefixes"], Json::parse(R"([{"Prefix": "a/"}])"));
  EXPECT_EQ(first["Contents"][0]["Key"], "b");
  EXPECT_EQ(first["Contents"][0]["Size"], 3);
  EXPECT_EQ(first["IsTruncated"], true);
  EXPECT_EQ(first["KeyCount"], 2);
  const Json more{{"Bucket", "inbox"}, {"Delimiter", "/"}, {"ContinuationToken", first["NextContinuationToken"]}};
  const auto rest = answer("aws-sdk:s3:listObjectsV2", more.dump());
  EXPECT_EQ(rest["CommonPrefixes"], Json::parse(R"([{"Prefix": "c/"}])"));
  EXPECT_EQ(rest["IsTruncated"], false);
  EXPECT_EQ(rest["MaxKeys"], 1000);
  EXPECT_EQ(rest["Name"], "inbox");
  EXPECT_FALSE(rest.contains("Contents"));
  EXPECT_EQ(answer("aws-sdk:s3:listObjectsV2",
                   R"({"Bucket": "inbox", "Prefix": "a/", "StartAfter": "a/1"})")["Contents"][0]["Key"],
            "a/2");
}

}  // namespace
}  // namespace stepd::test
