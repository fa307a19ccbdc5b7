// DynamoDB's operations as Task states call them: types, expressions, answers, errors of both spellings.
#include "base/attribute/plain_attribute.h"
#include "services/service_bench.h"

#include <gmock/gmock.h>

namespace stepd::test {
namespace {

using testing::AllOf;
using testing::ContainsRegex;
using testing::HasSubstr;
using testing::StartsWith;

class DynamoDb : public ServiceBench {
 protected:
  void put(const std::string& item) {
    const auto done = call("dynamodb:putItem", R"({"TableName": "images", "Item": )" + item + "}");
    ASSERT_TRUE(done) << done.error().cause;
  }
  Json get(const std::string& key) {
    return answer("dynamodb:getItem", R"({"TableName": "images", "Key": {"ImageKey": {"S": ")" + key + "\"}}}");
  }
  /// The item as item.get and status routes show it.
  Json plain(const std::string& key) {
    const auto item = items_->get({"images", {{"ImageKey", Attribute::text(key)}}});
    return item && *item ? to_plain_json(**item) : Json();
  }
  std::string update(const std::string& expression, const std::string& values, const std::string& more = "") {
    const auto done = call("dynamodb:updateItem",
                           R"({"TableName": "images", "Key": {"ImageKey": {"S": "k"}}, "UpdateExpression": ")" +
                               expression + R"(", "ExpressionAttributeValues": )" + values + more + "}");
    return done ? "" : done.error().name + ": " + done.error().cause;
  }
  /// Whether item `k` is as the expression asks. Placeholders that it does not use are left out: they would be faults.
  bool holds(const std::string& expression, const std::string& values) {
    Json parameters{{"TableName", "images"}, {"FilterExpression", expression}};
    const Json all = Json::parse(values);
    for (const auto& [placeholder, value] : all.items()) {
      if (expression.find(placeholder) != std::string::npos)
        parameters["ExpressionAttributeValues"][placeholder] = value;
    }
    if (expression.find("#m") != std::string::npos) parameters["ExpressionAttributeNames"]["#m"] = "m";
    const auto found = answer("aws-sdk:dynamodb:scan", parameters.dump());
    EXPECT_TRUE(found.is_object()) << found;
    return found.is_object() && found["Count"] == 1;
  }
};

TEST_F(DynamoDb, KeepsEveryTypeOfAttribute) {
  const std::string item = R"({"ImageKey":{"S":"k"},"n":{"N":"12"},"f":{"N":"-1.5"},"big":{"N":"9007199254740993"},
      "b":{"B":"AP8="},"t":{"BOOL":true},"z":{"NULL":true},"l":{"L":[{"S":"x"},{"N":"1"},{"L":[]}]},
      "m":{"M":{"a":{"M":{}},"$SS":{"S":"no set"}}},"$":{"M":{"$SS":{"L":[{"S":"no set either"}]}}},
      "ss":{"SS":["a","b"]},"ns":{"NS":["1","2.5"]},"bs":{"BS":["AA==","AQ=="]}})";
  put(item);
  EXPECT_EQ(get("k"), (Json{{"Item", Json::parse(item)}}));
  EXPECT_EQ(plain("k")["n"], 12) << "numbers are numbers in the table";
  EXPECT_EQ(plain("k")["l"], Json::parse(R"(["x", 1, []])"));
  EXPECT_EQ(plain("k")["ss"], Json::parse(R"({"$SS": ["a", "b"]})"));
  EXPECT_EQ(get("none"), Json::object());
}

TEST_F(DynamoDb, KeepsAll38DigitsOfNumbers) {
  const char* item = R"({"ImageKey":{"S":"k"},"n":{"N":"12345678901234567890123456789012345678"},
      "f":{"N":"-0.12345678901234567890123456789012345678"},"ns":{"NS":["1.0000000000000000000000000000000000001","1"]}})";
  put(item);
  EXPECT_EQ(get("k")["Item"], Json::parse(item));
  EXPECT_THAT(update("SET n = n + :one", R"({":one": {"N": "0.5"}})"), HasSubstr("Number overflow"));
  EXPECT_EQ(update("SET n = n + :one", R"({":one": {"N": "1"}})"), "");
  EXPECT_EQ(get("k")["Item"]["n"]["N"], "12345678901234567890123456789012345679");
  EXPECT_EQ(get("k")["Item"]["f"]["N"], "-0.12345678901234567890123456789012345678") << "what is not touched stays";
}

TEST_F(DynamoDb, PrintsNumbersAsDynamoDbDoes) {
  put(R"({"ImageKey": {"S": "k"}, "a": {"N": "1.50"}, "b": {"N": "15E1"}, "c": {"N": "-0"}, "d": {"N": "1e20"}, "e": {"N": "+7"}})");
  EXPECT_EQ(get("k")["Item"],
            Json::parse(R"({"ImageKey": {"S": "k"}, "a": {"N": "1.5"}, "b": {"N": "150"}, "c": {"N": "0"},
                                             "d": {"N": "100000000000000000000"}, "e": {"N": "7"}})"));
}

TEST_F(DynamoDb, NamesValuesThatAreNone) {
  const auto why = [&](const std::string& value) {
    const auto found =
        error("dynamodb:putItem", R"({"TableName": "images", "Item": {"ImageKey": {"S": "k"}, "a": )" + value + "}}");
    return found.name + " " + found.cause;
  };
  for (const char* wrong : {R"({"N": "12x"})", R"({"N": ""})", R"({"N": "1e9999"})",
                            R"({"N": "0.123456789012345678901234567890123456789"})", R"({"S": 1})", R"({"X": "a"})",
                            R"({})", R"("text")", R"({"S": "a", "N": "1"})", R"({"SS": []})", R"({"SS": ["a", "a"]})",
                            R"({"NS": ["1", "1.0"]})", R"({"L": {}})", R"({"BOOL": "true"})"}) {
    EXPECT_THAT(why(wrong), AllOf(StartsWith("DynamoDB.AmazonDynamoDBException "),
                                  ContainsRegex("Error Code: (Valid|Serializ)ationException")))
        << wrong;
  }
  EXPECT_EQ(get("k"), Json::object());
}

TEST_F(DynamoDb, AnswersCarryTheMetadataThatTheOptimisedIntegrationShows) {
  const auto result = call("dynamodb:putItem", R"({"TableName": "images", "Item": {"ImageKey": {"S": "k"}}})");
  const Json headers = result->json()["SdkHttpMetadata"]["HttpHeaders"];
  EXPECT_EQ(headers["Content-Length"], "2");
  EXPECT_EQ(headers["Content-Type"], "application/x-amz-json-1.0");
  EXPECT_EQ(headers["x-amz-crc32"], "2745614147") << "of {}";
  EXPECT_EQ(result->json()["SdkHttpMetadata"]["HttpStatusCode"], 200);
  EXPECT_EQ(result->json()["SdkResponseMetadata"]["RequestId"], headers["x-amzn-RequestId"]);
  const auto sdk = call("aws-sdk:dynamodb:putItem", R"({"TableName": "images", "Item": {"ImageKey": {"S": "k"}}})");
  EXPECT_EQ(sdk->json(), Json::object()) << "the SDK's own answer has none of it";
}

TEST_F(DynamoDb, AConditionThatFailsHasAWSsNameInBothSpellings) {
  const char* once = R"json({"TableName": "images", "Item": {"ImageKey": {"S": "k"}},
                         "ConditionExpression": "attribute_not_exists(ImageKey)"})json";
  ASSERT_EQ(error("dynamodb:putItem", once).name, "none");
  const auto optimised = error("dynamodb:putItem", once);
  EXPECT_EQ(optimised.name, "DynamoDB.ConditionalCheckFailedException");
  EXPECT_THAT(optimised.cause,
              ContainsRegex("^The conditional request failed \\(Service: AmazonDynamoDBv2; Status Code: 400; "
                            "Error Code: ConditionalCheckFailedException; Request ID: [-0-9a-f]+; Proxy: null\\)$"));
  const auto sdk = error("aws-sdk:dynamodb:putItem", once);
  EXPECT_EQ(sdk.name, "DynamoDb.ConditionalCheckFailedException");
  EXPECT_THAT(
      sdk.cause,
      ContainsRegex(
          "^The conditional request failed \\(Service: DynamoDb, Status Code: 400, Request ID: [-0-9a-f]+\\)$"));
}

TEST_F(DynamoDb, AnAttemptThatRunsTwiceShowsNowhere) {
  const char* once = R"json({"TableName": "images", "Item": {"ImageKey": {"S": "k"}, "n": {"N": "1"}},
                         "ConditionExpression": "attribute_not_exists(ImageKey)"})json";
  EXPECT_TRUE(call("dynamodb:putItem", once, "9-4"));
  EXPECT_TRUE(call("dynamodb:putItem", once, "9-4"));
  const char* add = R"({"TableName": "images", "Key": {"ImageKey": {"S": "k"}}, "UpdateExpression": "ADD n :one",
                        "ExpressionAttributeValues": {":one": {"N": "1"}}, "ReturnValues": "UPDATED_NEW"})";
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(call("aws-sdk:dynamodb:updateItem", add, "9-5")->json(),
              Json::parse(R"({"Attributes": {"n": {"N": "2"}}})"));
  }
  EXPECT_EQ(get("k")["Item"]["n"]["N"], "2");
}

TEST_F(DynamoDb, NamesTablesAndKeysThatAreNone) {
  const auto table = error("aws-sdk:dynamodb:getItem", R"({"TableName": "none", "Key": {"ImageKey": {"S": "k"}}})");
  EXPECT_EQ(table.name, "DynamoDb.ResourceNotFoundException");
  EXPECT_THAT(table.cause,
              StartsWith("Requested resource not found (Service: DynamoDb, Status Code: 400, Request ID: "));
  EXPECT_EQ(error("dynamodb:getItem", R"({"TableName": "images", "Key": {"id": {"S": "k"}}})").name,
            "DynamoDB.AmazonDynamoDBException");
  EXPECT_EQ(error("aws-sdk:dynamodb:putItem", R"({"TableName": "images", "Item": {"id": {"S": "k"}}})").name,
            "DynamoDb.DynamoDbException");
  EXPECT_EQ(answer("dynamodb:getItem", R"({"TableName": "arn:aws:dynamodb:us-east-1:123456789012:table/images",
                                          "Key": {"ImageKey": {"S": "k"}}})"),
            Json::object());
}

TEST_F(DynamoDb, NamesWrongParameters) {
  const auto why = [&](const char* resource, const char* parameters) {
    const auto found = error(resource, parameters);
    return found.name + " " + found.cause;
  };
  EXPECT_THAT(why("dynamodb:putItem", "{}"), AllOf(StartsWith("States.Runtime The Parameters of dynamodb:putItem"),
                                                   HasSubstr("/TableName: missing"), HasSubstr("/Item: missing")));
  EXPECT_THAT(why("dynamodb:getItem", R"({"TableName": "images", "Key": "k"})"), HasSubstr("/Key: expected an object"));
  EXPECT_THAT(why("dynamodb:getItem", R"({"Tablename": "images", "Key": {}})"),
              HasSubstr("/Tablename: unknown, did you mean TableName?"));
  EXPECT_THAT(why("dynamodb:deleteItem", R"({"TableName": "images", "Key": {}, "ReturnValues": "ALL_NEW"})"),
              HasSubstr("ReturnValues can only be ALL_OLD or NONE (Service: AmazonDynamoDBv2; Status Code: 400; Error "
                        "Code: ValidationException;"));
  EXPECT_THAT(why("dynamodb:updateItem", "[]"), HasSubstr("expected an object, got an array"));
}

TEST_F(DynamoDb, UpdateExpressionsSetRemoveAddAndDelete) {
  put(R"({"ImageKey": {"S": "k"}, "a": {"N": "1"}, "l": {"L": [{"S": "y"}]}, "o": {"L": [{"S": "p"}, {"S": "q"}]}, "m": {"M": {"in": {"N": "5"}}},
          "s": {"SS": ["p", "q"]}, "gone": {"S": ""}})");
  EXPECT_EQ(
      update(
          "SET a = a + :one, #n.#in = if_not_exists(nothing, :one), l = list_append(l, :list), fresh = #n.#in - :one "
          "REMOVE gone, o[0] ADD c :one DELETE s :set",
          R"({":one": {"N": "1"}, ":list": {"L": [{"S": "z"}]}, ":set": {"SS": ["q", "r"]}})",
          R"(, "ExpressionAttributeNames": {"#n": "m", "#in": "in"})"),
      "");
  EXPECT_EQ(
      get("k")["Item"],
      Json::parse(
          R"({"ImageKey": {"S": "k"}, "a": {"N": "2"}, "l": {"L": [{"S": "y"}, {"S": "z"}]}, "o": {"L": [{"S": "q"}]},
      "m": {"M": {"in": {"N": "1"}}}, "s": {"SS": ["p"]}, "fresh": {"N": "4"}, "c": {"N": "1"}})"))
      << get("k");
}

TEST_F(DynamoDb, UpdateAnswersWhatReturnValuesAsksFor) {
  put(R"({"ImageKey": {"S": "k"}, "a": {"N": "1"}, "b": {"S": "x"}})");
  const auto returned = [&](const std::string& values) {
    return answer("dynamodb:updateItem",
                  R"({"TableName": "images", "Key": {"ImageKey": {"S": "k"}}, "UpdateExpression": "ADD a :one",
                      "ExpressionAttributeValues": {":one": {"N": "1"}}, "ReturnValues": ")" +
                      values + "\"}");
  };
  EXPECT_EQ(returned("NONE"), Json::object());
  EXPECT_EQ(returned("UPDATED_OLD"), Json::parse(R"({"Attributes": {"a": {"N": "2"}}})"));
  EXPECT_EQ(returned("UPDATED_NEW"), Json::parse(R"({"Attributes": {"a": {"N": "4"}}})"));
  EXPECT_EQ(returned("ALL_OLD")["Attributes"]["a"]["N"], "4");
  EXPECT_EQ(returned("ALL_NEW"),
            Json::parse(R"({"Attributes": {"ImageKey": {"S": "k"}, "a": {"N": "6"}, "b": {"S": "x"}}})"));
  EXPECT_EQ(
      answer("dynamodb:deleteItem",
             R"({"TableName": "images", "Key": {"ImageKey": {"S": "k"}}, "ReturnValues": "ALL_OLD"})")["Attributes"]
                                                                                                      ["a"]["N"],
      "6");
  EXPECT_EQ(get("k"), Json::object());
}

TEST_F(DynamoDb, ConditionsMeanWhatTheyMeanThere) {
  put(R"({"ImageKey": {"S": "k"}, "n": {"N": "5"}, "o": {"N": "5"}, "t": {"S": "abc"}, "m": {"M": {"x": {"L": [{"N": "1"}]}}},
          "s": {"SS": ["p"]}})");
  const char* values =
      R"({":5": {"N": "5"}, ":9": {"N": "9"}, ":ab": {"S": "ab"}, ":p": {"S": "p"}, ":N": {"S": "N"}, ":1": {"N": "1"}})";
  for (const char* yes : {"n = :5",
                          ":5 = n",
                          "n <> :9",
                          "n < :9",
                          ":9 > n",
                          "n <= o",
                          "n between :1 and :9",
                          "n IN (:1, :5)",
                          "begins_with(t, :ab)",
                          "contains(s, :p)",
                          "contains(t, :ab)",
                          "attribute_exists(#m.x[0])",
                          "attribute_not_exists(#m.y)",
                          "attribute_type(n, :N)",
                          "size(t) > :1",
                          "NOT n = :9",
                          "n = :9 OR n = :5 AND t <> :ab",
                          "(n = :5 OR n = :9) AND NOT (n = :9)",
                          "m.x[0] = :1",
                          "nope <> :5"}) {
    EXPECT_TRUE(holds(yes, values)) << yes;
  }
  for (const char* no : {"n = :9", "n <> o", "t < :ab", "nope = :5", "n between :9 and :9", "n IN (:1)",
                         "(n = :5 OR n = :9) AND n = :9", "size(n) = :1", "attribute_exists(m.y)", ":9 < n"}) {
    EXPECT_FALSE(holds(no, values)) << no;
  }
}

TEST_F(DynamoDb, ExpressionsThatAreNoneAreNamed) {
  const auto why = [&](const char* expression) { return update(expression, R"({":a": {"S": "x"}})"); };
  EXPECT_THAT(why("SET a :a"), HasSubstr("Invalid UpdateExpression: Syntax error; token: \":a\", near: \"a :a\""));
  EXPECT_THAT(why("SET a = :b"), HasSubstr("attribute value used in expression is not defined; attribute value: :b"));
  EXPECT_THAT(why("SET #a = :a"),
              HasSubstr("attribute name used in the document path is not defined; attribute name: #a"));
  EXPECT_THAT(why("SET a = :a SET b = :a"), HasSubstr("\"SET\" section can only be used once"));
  EXPECT_THAT(why("SET a ="), HasSubstr("<EOF>"));
  for (const char* wrong :
       {"", "a = :a", "SET a = :a,", "SET a[x] = :a", "SET a[1 = :a", "SET a.. = :a", "REMOVE", "ADD a", "SET (a) = :a",
        "SET a = size(:a)", "REMOVE a[99999999999]", "SET \\u0000 = :a", "SET a = :a; DROP"}) {
    EXPECT_THAT(why(wrong), HasSubstr("DynamoDB.AmazonDynamoDBException")) << wrong;
  }
  EXPECT_EQ(get("k"), Json::object()) << "nothing was made";
  const std::string deep(5000, '(');
  EXPECT_THAT(error("aws-sdk:dynamodb:scan", R"({"TableName": "images", "FilterExpression": ")" + deep + "\"}").cause,
              HasSubstr("Expression size has exceeded the maximum allowed size; expression size: 5000"));
}

TEST_F(DynamoDb, QueryFindsTheItemOfAKeyAndScanPages) {
  for (const char* key : {"a", "b", "c"}) put(R"({"ImageKey": {"S": ")" + std::string(key) + R"("}, "x": {"N": "1"}})");
  EXPECT_EQ(answer("aws-sdk:dynamodb:query", R"({"TableName": "images", "KeyConditionExpression": "#k = :k",
                      "ExpressionAttributeNames": {"#k": "ImageKey"}, "ExpressionAttributeValues": {":k": {"S": "b"}}})"),
            Json::parse(R"({"Count": 1, "Items": [{"ImageKey": {"S": "b"}, "x": {"N": "1"}}], "ScannedCount": 1})"));
  EXPECT_THAT(
      error("aws-sdk:dynamodb:query", R"({"TableName": "images", "KeyConditionExpression": "ImageKey = :k AND x = :k",
                      "ExpressionAttributeValues": {":k": {"S": "b"}}})")
          .cause,
      HasSubstr("Query key condition not supported"));
  const auto first =
      answer("aws-sdk:dynamodb:scan", R"({"TableName": "images", "Limit": 2, "ProjectionExpression": "ImageKey"})");
  EXPECT_EQ(first, Json::parse(R"({"Count": 2, "Items": [{"ImageKey": {"S": "a"}}, {"ImageKey": {"S": "b"}}],
                                  "LastEvaluatedKey": {"ImageKey": {"S": "b"}}, "ScannedCount": 2})"));
  const auto rest =
      answer("aws-sdk:dynamodb:scan", R"({"TableName": "images", "ExclusiveStartKey": {"ImageKey": {"S": "b"}}})");
  EXPECT_EQ(rest["Count"], 1);
  EXPECT_FALSE(rest.contains("LastEvaluatedKey"));
}

}  // namespace
}  // namespace stepd::test
