// DynamoDB's operations over both kinds of store: what they answer, and in which words they refuse.
#include "dynamodb/dynamodb_operation.h"
#include "storage/item_table.h"
#include "storage/memory/memory_store.h"
#include "storage/sqlite/sqlite_store.h"
#include "support/manual_clock.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <nlohmann/json.hpp>

namespace stepd::dynamodb {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

TableSchema orders() {
  TableSchema table{"orders", {"id", KeyType::Text}, KeyAttribute{"ts", KeyType::Number}};
  table.indexes = {
      {"byUser", {"user", KeyType::Text}, KeyAttribute{"ts", KeyType::Number}, {Projection::Kind::Include, {"cents"}}},
      {"byCents", {"id", KeyType::Text}, KeyAttribute{"cents", KeyType::Number}, {Projection::Kind::KeysOnly}, true}};
  return table;
}

class Operations : public testing::TestWithParam<bool> {
 protected:
  Operations() {
    clock_.set(Instant(std::chrono::seconds{1'800'000'000}));
    if (GetParam()) {
      std::string pattern = (std::filesystem::temp_directory_path() / "stepd-dynamodb-XXXXXX").string();
      folder_ = ::mkdtemp(pattern.data());
    }
    open();
  }
  ~Operations() override {
    items_.reset();
    store_.reset();
    if (!folder_.empty()) std::filesystem::remove_all(folder_);
  }
  /// As a start of the daemon does.
  void open() {
    items_.reset();
    if (GetParam() || store_ == nullptr) {
      store_.reset();
      store_ = GetParam() ? storage::open_sqlite(folder_) : storage::open_memory();
    }
    items_ = storage::make_item_store(*store_, {{"images", {"Id", KeyType::Text}}, orders()}, clock_);
  }

  Answer call(const std::string& operation, const std::string& arguments) {
    const auto* found = find_operation(operation);
    if (found == nullptr) throw std::runtime_error(operation);
    return found->run(Json::parse(arguments), {*items_, clock_, "us-east-1", "123456789012"});
  }
  /// The answer as text, or `Type: message`.
  std::string run(const std::string& operation, const std::string& arguments) {
    const auto answer = call(operation, arguments);
    return answer ? answer->dump() : answer.error().type + ": " + answer.error().message;
  }
  /// Of a ValidationException, without the prefix of AWS's new layer.
  std::string fault(const std::string& operation, const std::string& arguments) {
    auto text = run(operation, arguments);
    for (const std::string prefix : {"ValidationException: ", "1 validation error detected: "}) {
      if (text.starts_with(prefix)) text.erase(0, prefix.size());
    }
    return text;
  }
  void put(const std::string& table, const std::string& item) {
    const auto done = run("PutItem", R"({"TableName":")" + table + R"(","Item":)" + item + "}");
    ASSERT_EQ(done, "{}");
  }
  void put_orders() {
    for (int i = 1; i <= 5; ++i) {
      const auto n = std::to_string(i);
      put("orders", R"({"id":{"S":"a"},"ts":{"N":")" + n + R"("},"user":{"S":"u)" + std::to_string(i % 2) +
                        R"("},"cents":{"N":")" + std::to_string(60 - 10 * i) + R"("},"note":{"S":"n)" + n + "\"}}");
    }
    put("orders", R"({"id":{"S":"b"},"ts":{"N":"-1"}})");
  }
  /// The values of `ts` that a query finds, and whether more follows.
  std::string ats(const std::string& operation, const std::string& rest) {
    const auto page = call(operation, R"({"TableName":"orders",)" + rest + "}");
    if (!page) return page.error().message;
    std::string found;
    for (const auto& item : page->at("Items")) found += item["ts"]["N"].get<std::string>() + " ";
    return found + (page->contains("LastEvaluatedKey") ? "more" : "");
  }

  test::ManualClock clock_;
  std::string folder_;
  std::unique_ptr<storage::Store> store_;
  std::unique_ptr<ItemStore> items_;
};

constexpr const char* kValues = R"("ExpressionAttributeValues":{":a":{"S":"a"},":n":{"N":"2"}})";

TEST_P(Operations, PutGetUpdateAndDeleteAnItem) {
  put("images", R"({"Id":{"S":"k"},"n":{"N":"1.0"},"s":{"SS":["x","y"]},"b":{"B":"AP8="},"m":{"M":{"l":{"L":[]}}}})");
  EXPECT_EQ(
      run("GetItem", R"({"TableName":"images","Key":{"Id":{"S":"k"}}})"),
      R"({"Item":{"Id":{"S":"k"},"n":{"N":"1"},"s":{"SS":["x","y"]},"b":{"B":"AP8="},"m":{"M":{"l":{"L":[]}}}}})");
  EXPECT_EQ(run("GetItem", R"({"TableName":"arn:aws:dynamodb:r:1:table/images","Key":{"Id":{"S":"none"}}})"), "{}");
  EXPECT_EQ(run("UpdateItem", R"({"TableName":"images","Key":{"Id":{"S":"k"}},"UpdateExpression":"ADD n :n REMOVE b",
                "ExpressionAttributeValues":{":n":{"N":"2"}},"ReturnValues":"UPDATED_NEW"})"),
            R"({"Attributes":{"n":{"N":"3"}}})");
  EXPECT_EQ(run("UpdateItem", R"({"TableName":"images","Key":{"Id":{"S":"new"}}})"), "{}");
  EXPECT_EQ(run("GetItem", R"({"TableName":"images","Key":{"Id":{"S":"new"}}})"), R"({"Item":{"Id":{"S":"new"}}})")
      << "no expression makes the item";
  EXPECT_EQ(run("DeleteItem", R"({"TableName":"images","Key":{"Id":{"S":"new"}},"ReturnValues":"ALL_OLD"})"),
            R"({"Attributes":{"Id":{"S":"new"}}})");
  EXPECT_EQ(run("DeleteItem", R"({"TableName":"images","Key":{"Id":{"S":"new"}},"ReturnValues":"ALL_OLD"})"), "{}");
}

TEST_P(Operations, AConditionThatFailsShowsTheItemWhereItIsAskedTo) {
  put("images", R"({"Id":{"S":"k"}})");
  const std::string once =
      R"json({"TableName":"images","Item":{"Id":{"S":"k"}},"ConditionExpression":"attribute_not_exists(Id)")json";
  auto failed = call("PutItem", once + "}");
  EXPECT_EQ(failed.error().type, "ConditionalCheckFailedException");
  EXPECT_EQ(
      body_of(failed.error()).dump(),
      R"({"__type":"com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException","message":"The conditional request failed"})");
  failed = call("PutItem", once + R"(,"ReturnValuesOnConditionCheckFailure":"ALL_OLD"})");
  EXPECT_EQ(body_of(failed.error())["Item"].dump(), R"({"Id":{"S":"k"}})");
  failed = call("DeleteItem",
                R"json({"TableName":"images","Key":{"Id":{"S":"none"}},"ConditionExpression":"attribute_exists(Id)",
                                  "ReturnValuesOnConditionCheckFailure":"ALL_OLD"})json");
  EXPECT_FALSE(body_of(failed.error()).contains("Item")) << "there is none";
}

TEST_P(Operations, RefuseInAwssWords) {
  const std::tuple<const char*, const char*, const char*> kCases[] = {
      {"PutItem", R"({"Item":{}})", "Value null at 'tableName' failed to satisfy constraint: Member must not be null"},
      {"PutItem", R"({"TableName":"","Item":{}})",
       "Value '' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 1"},
      {"GetItem", R"({"TableName":"a!","Key":{}})",
       "Value 'a!' at 'tableName' failed to satisfy constraint: Member must satisfy regular expression pattern: "
       "[a-zA-Z0-9_.-]+"},
      {"PutItem", R"({"TableName":"images","Item":{},"ReturnValues":"X"})",
       "Value 'X' at 'returnValues' failed to satisfy constraint: Member must satisfy enum value set: [ALL_NEW, "
       "UPDATED_OLD, ALL_OLD, NONE, UPDATED_NEW]"},
      {"PutItem", R"({"TableName":"images","Item":{},"ReturnValues":"ALL_NEW"})",
       "ReturnValues can only be ALL_OLD or NONE"},
      {"PutItem", R"({"TableName":"images","Item":{}})",
       "One or more parameter values were invalid: Missing the key Id in the item"},
      {"PutItem", R"({"TableName":"images","Item":{"Id":{"N":"1"}}})",
       "One or more parameter values were invalid: Type mismatch for key Id expected: S actual: N"},
      {"PutItem", R"({"TableName":"images","Item":{"Id":{"S":""}}})",
       "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty "
       "string value. Key: Id"},
      {"PutItem", R"({"TableName":"images","Item":{"Id":{}}})",
       "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes"},
      {"PutItem", R"({"TableName":"images","Item":{"Id":{"S":"a","N":"1"}}})",
       "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes"},
      {"PutItem", R"({"TableName":"images","Item":{"Id":{"S":"a"},"x":{"NULL":false}}})",
       "One or more parameter values were invalid: Null attribute value types must have the value of true"},
      {"PutItem", R"({"TableName":"images","Item":{"Id":{"S":"a"},"x":{"SS":[]}}})",
       "One or more parameter values were invalid: An string set  may not be empty"},
      {"PutItem", R"({"TableName":"images","Item":{"Id":{"S":"a"},"x":{"SS":["b","a","b"]}}})",
       R"(One or more parameter values were invalid: Input collection ["a", "b", "b"] contains duplicates.)"},
      {"PutItem", R"({"TableName":"images","Item":{"Id":{"S":"a"},"x":{"NS":["1","1.0"]}}})",
       "One or more parameter values were invalid: Input collection contains duplicates."},
      {"PutItem", R"({"TableName":"images","Item":{"Id":{"S":"a"},"x":{"N":"x1"}}})",
       "The parameter cannot be converted to a numeric value: x1"},
      {"PutItem", R"({"TableName":"images","Item":{"Id":{"S":"a"},"x":{"N":"1e126"}}})",
       "Number overflow. Attempting to store a number with magnitude larger than supported range"},
      {"PutItem", R"({"TableName":"images","Item":{"Id":{"S":"a"},"x":{"N":"0e-131"}}})",
       "Number underflow. Attempting to store a number with magnitude smaller than supported range"},
      {"PutItem",
       R"({"TableName":"images","Item":{"Id":{"S":"a"},"x":{"N":"1.23456789012345678901234567890123456789"}}})",
       "Attempting to store more than 38 significant digits in a Number"},
      {"PutItem", R"({"TableName":"images","Item":{"Id":{"S":"a"}},"Expected":{},"ConditionExpression":"a = :a"})",
       "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: "
       "{Expected} Expression parameters: {ConditionExpression}"},
      {"PutItem", R"({"TableName":"images","Item":{"Id":{"S":"a"}},"ExpressionAttributeNames":{"#a":"a"}})",
       "ExpressionAttributeNames can only be specified when using expressions"},
      {"PutItem",
       R"({"TableName":"images","Item":{"Id":{"S":"a"}},"ConditionExpression":"#a = #a","ExpressionAttributeNames":{}})",
       "ExpressionAttributeNames must not be empty"},
      {"PutItem",
       R"({"TableName":"images","Item":{"Id":{"S":"a"}},"ConditionExpression":"#a = #a","ExpressionAttributeNames":{"#":"a"}})",
       R"(ExpressionAttributeNames contains invalid key: Syntax error; key: "#")"},
      {"PutItem",
       R"json({"TableName":"images","Item":{"Id":{"S":"a"}},"ConditionExpression":"attribute_exists(#a)","ExpressionAttributeNames":{"#a":"a","#b":"b"}})json",
       "Value provided in ExpressionAttributeNames unused in expressions: keys: {#b}"},
      {"PutItem", R"({"TableName":"nowhere","Item":{"Id":{"S":"a"}},"ConditionExpression":"a ="})",
       R"(Invalid ConditionExpression: Syntax error; token: "<EOF>", near: "=")"},
      {"PutItem", R"({"TableName":"nowhere","Item":{"Id":{"S":"a"}}})",
       "ResourceNotFoundException: Requested resource not found"},
      {"PutItem", R"({"TableName":"images","Item":{"Id":{"S":1}}})",
       "SerializationException: NUMBER_VALUE cannot be converted to String"},
      {"PutItem", R"({"TableName":1,"Item":{"Id":{"S":"a"}}})",
       "SerializationException: NUMBER_VALUE cannot be converted to String"},
      {"PutItem", R"({"TableName":"orders","Item":{"id":{"S":"a"},"ts":{"N":"1"},"user":{"N":"1"}}})",
       "One or more parameter values were invalid: Type mismatch for Index Key user Expected: S Actual: N IndexName: "
       "byUser"},
      {"PutItem", R"({"TableName":"orders","Item":{"id":{"S":"a"},"ts":{"N":"1"},"user":{"S":""}}})",
       "One or more parameter values are not valid. A value specified for a secondary index key is not supported. The "
       "AttributeValue for a key attribute cannot contain an empty string value. IndexName: byUser, IndexKey: user"},
      {"GetItem", R"({"TableName":"orders","Key":{"id":{"S":"a"}}})",
       "The provided key element does not match the schema"},
      {"UpdateItem",
       R"({"TableName":"images","Key":{"Id":{"S":"a"}},"UpdateExpression":"SET Id = :a","ExpressionAttributeValues":{":a":{"S":"b"}}})",
       "One or more parameter values were invalid: Cannot update attribute Id. This attribute is part of the key"},
      {"DescribeTable", R"({"TableName":"nowhere"})",
       "ResourceNotFoundException: Requested resource not found: Table: nowhere not found"},
      {"Query", R"({"TableName":"orders","Limit":0,"KeyConditionExpression":"id = :a"})",
       "Value at 'Limit' failed to satisfy constraint: Member must have value greater than or equal to 1"},
      {"Scan", R"({"TableName":"orders","Limit":0})",
       "Value '0' at 'limit' failed to satisfy constraint: Member must have value greater than or equal to 1"},
      {"Scan", R"({"TableName":"orders","Segment":5,"TotalSegments":5})",
       "The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 5 is not less than "
       "TotalSegments: 5"},
      {"Scan", R"({"TableName":"orders","Select":"SPECIFIC_ATTRIBUTES"})",
       "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES"},
      {"BatchWriteItem", R"({"RequestItems":{}})", "The requestItems parameter is required for BatchWriteItem"},
      {"TransactWriteItems", R"({"TransactItems":[]})",
       "Value '[]' at 'transactItems' failed to satisfy constraint: Member must have length greater than or equal to "
       "1"},
  };
  for (const auto& [operation, arguments, wanted] : kCases) EXPECT_EQ(fault(operation, arguments), wanted) << arguments;
  EXPECT_EQ(
      run("PutItem", R"({"TableName":"images","Item":{"Id":{"S":"a"},"x":{"N":"x1"}}})"),
      "ValidationException: 1 validation error detected: The parameter cannot be converted to a numeric value: x1");
  EXPECT_EQ(
      run("Scan", R"({"TableName":"orders","FilterExpression":"a = :a","ExpressionAttributeValues":{":a":{"N":""}}})"),
      "ValidationException: ExpressionAttributeValues contains invalid value: The parameter cannot be converted to a "
      "numeric value for key :a");
}

TEST_P(Operations, QueryFindsItemsInTheOrderOfTheirSortKey) {
  put_orders();
  const std::string of_a =
      R"("KeyConditionExpression":"id = :a",)" + std::string(R"("ExpressionAttributeValues":{":a":{"S":"a"}})");
  EXPECT_EQ(ats("Query", of_a), "1 2 3 4 5 ");
  EXPECT_EQ(ats("Query", of_a + R"(,"ScanIndexForward":false)"), "5 4 3 2 1 ");
  EXPECT_EQ(ats("Query", of_a + R"(,"Limit":2)"), "1 2 more");
  EXPECT_EQ(ats("Query", of_a + R"(,"Limit":5)"), "1 2 3 4 5 more") << "as on AWS, whether or not more follows";
  EXPECT_EQ(ats("Query", of_a + R"(,"ExclusiveStartKey":{"id":{"S":"a"},"ts":{"N":"2"}},"Limit":2)"), "3 4 more");
  EXPECT_EQ(ats("Query", of_a + R"(,"ExclusiveStartKey":{"id":{"S":"a"},"ts":{"N":"3"}},"ScanIndexForward":false)"),
            "2 1 ");
  const auto with = [&](const std::string& condition, const std::string& more = "") {
    return ats("Query", R"("KeyConditionExpression":"id = :a AND )" + condition + "\"," + kValues + more);
  };
  EXPECT_EQ(with("ts > :n"), "3 4 5 ");
  EXPECT_EQ(with("ts >= :n", R"(,"Limit":1)"), "2 more");
  EXPECT_EQ(with("ts < :n"), "1 ");
  EXPECT_EQ(with("ts BETWEEN :n AND :n"), "2 ");
  EXPECT_EQ(ats("Query", of_a + R"(,"ExclusiveStartKey":{"id":{"S":"a"}})"), "The provided starting key is invalid");
  EXPECT_EQ(ats("Query", of_a + R"(,"ExclusiveStartKey":{"id":{"S":"b"},"ts":{"N":"2"}})"),
            "The provided starting key is outside query boundaries based on provided conditions");
  EXPECT_EQ(ats("Query", R"("KeyConditionExpression":"id = :a","FilterExpression":"ts = :n",)" + std::string(kValues)),
            "Filter Expression can only contain non-primary key attributes: Primary key attribute: ts");
  const auto counted =
      call("Query", R"({"TableName":"orders","KeyConditionExpression":"id = :a","FilterExpression":"cents > :n",
      "ExpressionAttributeValues":{":a":{"S":"a"},":n":{"N":"25"}},"Select":"COUNT"})");
  EXPECT_EQ(counted->dump(), R"({"Count":3,"ScannedCount":5})");
}

TEST_P(Operations, QueryAnIndexWithWhatItProjects) {
  put_orders();
  const std::string of_u1 =
      R"("IndexName":"byUser","KeyConditionExpression":"#u = :u","ExpressionAttributeNames":{"#u":"user"},)"
      R"("ExpressionAttributeValues":{":u":{"S":"u1"}})";
  const auto page = call("Query", R"({"TableName":"orders","Limit":2,)" + of_u1 + "}");
  ASSERT_TRUE(page) << page.error().message;
  EXPECT_EQ(page->at("Items")[0].dump(), R"({"id":{"S":"a"},"ts":{"N":"1"},"user":{"S":"u1"},"cents":{"N":"50"}})");
  EXPECT_EQ(page->at("LastEvaluatedKey").dump(), R"({"id":{"S":"a"},"ts":{"N":"3"},"user":{"S":"u1"}})");
  EXPECT_EQ(ats("Query", of_u1 + R"(,"ExclusiveStartKey":)" + page->at("LastEvaluatedKey").dump()), "5 ");
  run("UpdateItem", R"({"TableName":"orders","Key":{"id":{"S":"a"},"ts":{"N":"3"}},"UpdateExpression":"REMOVE #u",
                       "ExpressionAttributeNames":{"#u":"user"}})");
  run("DeleteItem", R"({"TableName":"orders","Key":{"id":{"S":"a"},"ts":{"N":"1"}}})");
  EXPECT_EQ(ats("Query", of_u1), "5 ") << "what lacks the key or is gone is not in the index";
  EXPECT_EQ(ats("Query", of_u1 + R"(,"ConsistentRead":true)"),
            "Consistent reads are not supported on global secondary indexes");
  EXPECT_EQ(ats("Query", of_u1 + R"(,"ProjectionExpression":"note")"),
            "One or more parameter values were invalid: Global secondary index byUser does not project [note]");
  EXPECT_EQ(
      ats("Query", of_u1 + R"(,"Select":"ALL_ATTRIBUTES")"),
      "One or more parameter values were invalid: Select type ALL_ATTRIBUTES is not supported for global secondary "
      "index byUser because its projection type is not ALL");
  const std::string local =
      R"("IndexName":"byCents","KeyConditionExpression":"id = :a","ExpressionAttributeValues":{":a":{"S":"a"}})";
  EXPECT_EQ(ats("Query", local + R"(,"ConsistentRead":true)"), "5 4 3 2 ");
  const auto all = call("Query", R"({"TableName":"orders","Limit":1,"Select":"ALL_ATTRIBUTES",)" + local + "}");
  EXPECT_EQ(all->at("Items")[0]["note"]["S"], "n5") << "a local index reads the rest from the table";
  EXPECT_EQ(
      ats("Query",
          R"("IndexName":"nope","KeyConditionExpression":"id = :a","ExpressionAttributeValues":{":a":{"S":"a"}})"),
      "The table does not have the specified index: nope");
  EXPECT_EQ(ats("Scan", R"("IndexName":"byUser")"), "2 4 5 ");
}

TEST_P(Operations, ScanInSegmentsSeesEachItemOnce) {
  for (int i = 0; i < 40; ++i) put("images", R"({"Id":{"S":")" + std::to_string(i) + "\"}}");
  std::multiset<std::string> seen;
  for (int segment = 0; segment < 3; ++segment) {
    std::string start;
    for (;;) {
      const auto page = call("Scan", R"({"TableName":"images","TotalSegments":3,"Limit":4,"Segment":)" +
                                         std::to_string(segment) + start + "}");
      ASSERT_TRUE(page);
      for (const auto& item : page->at("Items")) seen.insert(item["Id"]["S"].get<std::string>());
      if (!page->contains("LastEvaluatedKey")) break;
      start = R"(,"ExclusiveStartKey":)" + page->at("LastEvaluatedKey").dump();
    }
  }
  EXPECT_EQ(seen.size(), 40u);
  EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), 40u);
}

TEST_P(Operations, BatchesReadAndWrite) {
  EXPECT_EQ(run("BatchWriteItem", R"({"RequestItems":{"images":[{"PutRequest":{"Item":{"Id":{"S":"a"}}}},
      {"PutRequest":{"Item":{"Id":{"S":"b"}}}}],"orders":[{"DeleteRequest":{"Key":{"id":{"S":"x"},"ts":{"N":"1"}}}}]}})"),
            R"({"UnprocessedItems":{}})");
  EXPECT_EQ(run("BatchGetItem", R"({"RequestItems":{"images":{"Keys":[{"Id":{"S":"b"}},{"Id":{"S":"c"}}]}}})"),
            R"({"Responses":{"images":[{"Id":{"S":"b"}}]},"UnprocessedKeys":{}})");
  EXPECT_EQ(fault("BatchWriteItem", R"({"RequestItems":{"images":[{"PutRequest":{"Item":{"Id":{"S":"a"}}}},
      {"DeleteRequest":{"Key":{"Id":{"S":"a"}}}}]}})"),
            "Provided list of item keys contains duplicates");
  EXPECT_EQ(fault("BatchWriteItem", R"({"RequestItems":{"images":[{"PutRequest":{"Item":{"x":{"S":"a"}}}}]}})"),
            "The provided key element does not match the schema");
  EXPECT_EQ(fault("BatchGetItem", R"({"RequestItems":{"images":{"Keys":[{"Id":{"S":"b"}},{"Id":{"S":"b"}}]}}})"),
            "Provided list of item keys contains duplicates");
}

TEST_P(Operations, TransactionsAreMadeOrCancelledAsAWhole) {
  put("images", R"({"Id":{"S":"a"},"n":{"N":"1"}})");
  const std::string adds =
      R"({"Update":{"TableName":"images","Key":{"Id":{"S":"a"}},"UpdateExpression":"ADD n :n","ExpressionAttributeValues":{":n":{"N":"1"}}}})";
  const std::string puts =
      R"json({"Put":{"TableName":"images","Item":{"Id":{"S":"b"}},"ConditionExpression":"attribute_not_exists(Id)",
                              "ReturnValuesOnConditionCheckFailure":"ALL_OLD"}})json";
  const auto transact = [&](const std::string& actions, const std::string& more = "") {
    return call("TransactWriteItems", R"({"TransactItems":[)" + actions + "]" + more + "}");
  };
  EXPECT_EQ(transact(adds + "," + puts)->dump(), "{}");
  const auto failed = transact(adds + "," + puts);
  EXPECT_EQ(failed.error().type, "TransactionCanceledException");
  EXPECT_EQ(
      body_of(failed.error()).dump(),
      R"({"__type":"com.amazonaws.dynamodb.v20120810#TransactionCanceledException","Message":"Transaction cancelled, )"
      R"(please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]","CancellationReasons":)"
      R"([{"Code":"None"},{"Code":"ConditionalCheckFailed","Message":"The conditional request failed","Item":{"Id":{"S":"b"}}}]})");
  EXPECT_EQ(run("GetItem", R"({"TableName":"images","Key":{"Id":{"S":"a"}}})"),
            R"({"Item":{"Id":{"S":"a"},"n":{"N":"2"}}})");
  const std::string token = R"(,"ClientRequestToken":"once")";
  EXPECT_TRUE(transact(adds, token));
  EXPECT_TRUE(transact(adds, token)) << "the same request again is answered, and not made";
  EXPECT_EQ(run("GetItem", R"({"TableName":"images","Key":{"Id":{"S":"a"}},"ProjectionExpression":"n"})"),
            R"({"Item":{"n":{"N":"3"}}})");
  EXPECT_EQ(transact(puts, token).error().type, "IdempotentParameterMismatchException");
  clock_.advance(std::chrono::minutes{11});
  EXPECT_TRUE(transact(adds, token)) << "after ten minutes the token is free";
  EXPECT_EQ(transact(adds + "," + adds).error().message,
            "Transaction request cannot include multiple operations on one item");
  const auto wrong = transact(puts + R"(,{"Delete":{"TableName":"images","Key":{"x":{"S":"a"}}}})");
  EXPECT_THAT(wrong.error().message, HasSubstr("[None, ValidationError]"));
  EXPECT_EQ(run("TransactGetItems", R"({"TransactItems":[{"Get":{"TableName":"images","Key":{"Id":{"S":"zz"}}}},
      {"Get":{"TableName":"images","Key":{"Id":{"S":"b"}}}}]})"),
            R"({"Responses":[{},{"Item":{"Id":{"S":"b"}}}]})");
}

TEST_P(Operations, TablesAreCreatedListedAndDeleted) {
  const auto made = call("CreateTable", R"({"TableName":"made","BillingMode":"PAY_PER_REQUEST",
      "AttributeDefinitions":[{"AttributeName":"k","AttributeType":"B"},{"AttributeName":"s","AttributeType":"N"}],
      "KeySchema":[{"AttributeName":"k","KeyType":"HASH"}],
      "GlobalSecondaryIndexes":[{"IndexName":"gsi","KeySchema":[{"AttributeName":"s","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}]})");
  ASSERT_TRUE(made) << made.error().message;
  const auto& table = made->at("TableDescription");
  EXPECT_EQ(table["TableStatus"], "CREATING");
  EXPECT_EQ(table["TableArn"], "arn:aws:dynamodb:us-east-1:123456789012:table/made");
  EXPECT_EQ(table["BillingModeSummary"]["BillingMode"], "PAY_PER_REQUEST");
  EXPECT_EQ(run("ListTables", "{}"), R"({"TableNames":["images","made","orders"]})");
  EXPECT_EQ(run("ListTables", R"({"Limit":1,"ExclusiveStartTableName":"images"})"),
            R"({"TableNames":["made"],"LastEvaluatedTableName":"made"})");
  put("made", R"({"k":{"B":"AP8="},"s":{"N":"1"}})");
  open();
  EXPECT_EQ(
      call(
          "Query",
          R"({"TableName":"made","IndexName":"gsi","KeyConditionExpression":"s = :s","ExpressionAttributeValues":{":s":{"N":"1.0"}}})")
          ->at("Count"),
      1)
      << "the table outlives a restart";
  const auto described = call("DescribeTable", R"({"TableName":"made"})")->at("Table");
  EXPECT_EQ(described["TableStatus"], "ACTIVE");
  EXPECT_EQ(described["ItemCount"], 1);
  EXPECT_EQ(described["KeySchema"].dump(), R"([{"AttributeName":"k","KeyType":"HASH"}])");
  EXPECT_EQ(
      run("CreateTable",
          R"({"TableName":"made","BillingMode":"PAY_PER_REQUEST","AttributeDefinitions":[{"AttributeName":"k","AttributeType":"B"}],
      "KeySchema":[{"AttributeName":"k","KeyType":"HASH"}]})"),
      "ResourceInUseException: Table already exists: made");
  EXPECT_EQ(call("DeleteTable", R"({"TableName":"made"})")->at("TableDescription")["TableStatus"], "DELETING");
  EXPECT_EQ(fault("DescribeTable", R"({"TableName":"made"})"),
            "ResourceNotFoundException: Requested resource not found: Table: made not found");
  EXPECT_THAT(run("DeleteTable", R"({"TableName":"images"})"), StartsWith("ResourceInUseException: "));
  while (items_->sweep(10)) continue;
  EXPECT_EQ(store_->reader().item_tables().size(), 2u) << "what it left is gone";
}

TEST_P(Operations, CreateTableRefusesInAwssWords) {
  const std::string definitions = R"("AttributeDefinitions":[{"AttributeName":"k","AttributeType":"S"}],)";
  const std::string key = R"("KeySchema":[{"AttributeName":"k","KeyType":"HASH"}],)";
  const std::string demand = R"("BillingMode":"PAY_PER_REQUEST")";
  const auto refused = [&](const std::string& rest) { return fault("CreateTable", "{" + rest + "}"); };
  EXPECT_EQ(refused(definitions + key + demand),
            "The parameter 'TableName' is required but was not present in the request");
  EXPECT_THAT(refused(R"("TableName":"ab",)" + definitions + key + demand),
              StartsWith("Value 'ab' at 'tableName' failed to satisfy constraint: Member must have length greater than "
                         "or equal to 3"));
  const std::string name = R"("TableName":"table",)";
  EXPECT_EQ(
      refused(
          name +
          R"("AttributeDefinitions":[{"AttributeName":"k","AttributeType":"S"},{"AttributeName":"x","AttributeType":"S"}],)" +
          key + demand),
      "One or more parameter values were invalid: Number of attributes in KeySchema does not exactly match number of "
      "attributes defined in AttributeDefinitions");
  EXPECT_EQ(
      refused(name + definitions + R"("KeySchema":[{"AttributeName":"x","KeyType":"HASH"}],)" + demand),
      "One or more parameter values were invalid: Some index key attributes are not defined in AttributeDefinitions. "
      "Keys: [x], AttributeDefinitions: [k]");
  EXPECT_EQ(refused(name + definitions + R"("KeySchema":[{"AttributeName":"k","KeyType":"RANGE"}],)" + demand),
            "Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
  EXPECT_EQ(
      refused(name + definitions + key + demand +
              R"(,"ProvisionedThroughput":{"ReadCapacityUnits":1,"WriteCapacityUnits":1})"),
      "One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits can be specified "
      "when BillingMode is PAY_PER_REQUEST");
  EXPECT_EQ(
      refused(
          name + definitions + key + demand +
          R"(,"LocalSecondaryIndexes":[{"IndexName":"lsi","KeySchema":[{"AttributeName":"k","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}])"),
      "One or more parameter values were invalid: Table KeySchema does not have a range key, which is required when "
      "specifying a LocalSecondaryIndex");
}

TEST_P(Operations, ATableIsChangedAndItsNewIndexHoldsWhatIsThere) {
  run("CreateTable", R"({"TableName":"made","BillingMode":"PAY_PER_REQUEST",
      "AttributeDefinitions":[{"AttributeName":"k","AttributeType":"S"}],"KeySchema":[{"AttributeName":"k","KeyType":"HASH"}]})");
  put("made", R"({"k":{"S":"1"},"s":{"N":"5"}})");
  put("made", R"({"k":{"S":"2"}})");
  put("made", R"({"k":{"S":"3"},"s":{"S":"of another type"}})");
  const std::string create = R"({"TableName":"made","AttributeDefinitions":[{"AttributeName":"s","AttributeType":"N"}],
      "GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"byS","KeySchema":[{"AttributeName":"s","KeyType":"HASH"}],
      "Projection":{"ProjectionType":"ALL"}}}]})";
  const auto changed = call("UpdateTable", create);
  ASSERT_TRUE(changed) << changed.error().message;
  const auto& shown = changed->at("TableDescription");
  EXPECT_EQ(shown["TableStatus"], "UPDATING");
  EXPECT_EQ(shown["GlobalSecondaryIndexes"][0]["IndexStatus"], "CREATING");
  put("made", R"({"k":{"S":"4"},"s":{"N":"5"}})");
  const std::string query = R"({"TableName":"made","IndexName":"byS","KeyConditionExpression":"s = :s",
      "ExpressionAttributeValues":{":s":{"N":"5"}}})";
  EXPECT_EQ(call("Query", query)->at("Count"), 2);
  EXPECT_EQ(fault("UpdateTable", create), "Attempting to create an index which already exists");
  open();
  if (GetParam()) {
    EXPECT_EQ(call("Query", query)->at("Count"), 2) << "it outlives a restart";
  }
  const std::string remove =
      R"({"TableName":"made","GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"byS"}}],"DeletionProtectionEnabled":true})";
  EXPECT_FALSE(call("UpdateTable", remove)->at("TableDescription").contains("GlobalSecondaryIndexes"));
  EXPECT_TRUE(call("DescribeTable", R"({"TableName":"made"})")->at("Table")["DeletionProtectionEnabled"].get<bool>());
  EXPECT_THAT(run("UpdateTable", remove), HasSubstr("ResourceNotFoundException: Requested resource not found"));
  EXPECT_THAT(run("Query", query), HasSubstr("The table does not have the specified index: byS"));
}

TEST_P(Operations, AChangeOfATableIsCheckedAsAwsChecksIt) {
  EXPECT_THAT(run("UpdateTable", R"({"TableName":"none","BillingMode":"PAY_PER_REQUEST"})"),
              HasSubstr("ResourceNotFoundException: Requested resource not found: Table: none not found"));
  EXPECT_THAT(run("UpdateTable", R"({"TableName":"images","BillingMode":"PAY_PER_REQUEST"})"),
              HasSubstr("ResourceInUseException: Table 'images' is of the configuration"));
  run("CreateTable", R"({"TableName":"made","BillingMode":"PAY_PER_REQUEST",
      "AttributeDefinitions":[{"AttributeName":"k","AttributeType":"S"}],"KeySchema":[{"AttributeName":"k","KeyType":"HASH"}]})");
  EXPECT_THAT(fault("UpdateTable", R"({"TableName":"made"})"), HasSubstr("At least one of ProvisionedThroughput"));
  EXPECT_THAT(fault("UpdateTable", R"({"TableName":"made","BillingMode":"PROVISIONED"})"),
              HasSubstr("must both be specified when BillingMode is PROVISIONED"));
  EXPECT_THAT(fault("UpdateTable", R"({"TableName":"made","GlobalSecondaryIndexUpdates":[{"Create":{"IndexName":"i-s",
      "KeySchema":[{"AttributeName":"s","KeyType":"HASH"}],"Projection":{"ProjectionType":"ALL"}}}]})"),
              HasSubstr("Some index key attributes are not defined in AttributeDefinitions"));
  EXPECT_THAT(fault("UpdateTable", R"({"TableName":"made","AttributeDefinitions":[{"AttributeName":"s"}],
      "BillingMode":"PAY_PER_REQUEST"})"),
              HasSubstr("Value null at 'attributeDefinitions.1.member.attributeType' failed to satisfy constraint"));
  EXPECT_EQ(run("UpdateTable", R"({"TableName":"made","GlobalSecondaryIndexUpdates":[{"Delete":{"IndexName":"one"}},
      {"Delete":{"IndexName":"two"}}]})"),
            "LimitExceededException: Subscriber limit exceeded: Only 1 online index can be created or deleted "
            "simultaneously per table");
}

TEST_P(Operations, AnEndpointIsNamed) {
  EXPECT_EQ(run("DescribeEndpoints", "{}"),
            R"({"Endpoints":[{"Address":"dynamodb.us-east-1.amazonaws.com","CachePeriodInMinutes":1440}]})");
}

TEST_P(Operations, ExpiredItemsAreRemoved) {
  EXPECT_EQ(run("DescribeTimeToLive", R"({"TableName":"images"})"),
            R"({"TimeToLiveDescription":{"TimeToLiveStatus":"DISABLED"}})");
  put("images", R"({"Id":{"S":"soon"},"exp":{"N":"1800000010"}})");
  put("images", R"({"Id":{"S":"past"},"exp":{"N":"1799999999.5"}})");
  put("images", R"({"Id":{"S":"long ago"},"exp":{"N":"1600000000"}})");
  put("images", R"({"Id":{"S":"text"},"exp":{"S":"1"}})");
  const std::string on = R"({"TableName":"images","TimeToLiveSpecification":{"Enabled":true,"AttributeName":"exp"}})";
  EXPECT_EQ(run("UpdateTimeToLive", on), R"({"TimeToLiveSpecification":{"Enabled":true,"AttributeName":"exp"}})");
  EXPECT_EQ(fault("UpdateTimeToLive", on), "TimeToLive is already enabled");
  put("images", R"({"Id":{"S":"later"},"exp":{"N":"1800000011"}})");
  items_->sweep(10);
  EXPECT_EQ(call("Scan", R"({"TableName":"images"})")->at("Count"), 4) << "what was there before is removed as well";
  open();
  clock_.advance(std::chrono::seconds{10});
  items_->sweep(10);
  EXPECT_EQ(call("Scan", R"({"TableName":"images"})")->at("Count"), 3) << "not what is due in the future, and not what "
                                                                          "is older than five years";
  clock_.advance(std::chrono::seconds{1});
  items_->sweep(10);
  EXPECT_EQ(call("Scan", R"({"TableName":"images"})")->at("Count"), 2);
  EXPECT_EQ(run("DescribeTimeToLive", R"({"TableName":"images"})"),
            R"({"TimeToLiveDescription":{"TimeToLiveStatus":"ENABLED","AttributeName":"exp"}})");
}

TEST_P(Operations, CountCapacity) {
  put("orders", R"({"id":{"S":"a"},"ts":{"N":"1"},"user":{"S":"u"},"cents":{"N":"1"}})");
  EXPECT_EQ(
      run("GetItem",
          R"({"TableName":"orders","Key":{"id":{"S":"a"},"ts":{"N":"1"}},"ProjectionExpression":"cents2","ReturnConsumedCapacity":"TOTAL"})"),
      R"({"Item":{},"ConsumedCapacity":{"TableName":"orders","CapacityUnits":0.5}})");
  EXPECT_EQ(
      run("UpdateItem",
          R"({"TableName":"orders","Key":{"id":{"S":"a"},"ts":{"N":"1"}},"ReturnConsumedCapacity":"INDEXES",
                "UpdateExpression":"SET cents = :n","ExpressionAttributeValues":{":n":{"N":"2"}},"ReturnItemCollectionMetrics":"SIZE"})"),
      R"({"ConsumedCapacity":{"TableName":"orders","CapacityUnits":4.0,"Table":{"CapacityUnits":1.0},)"
      R"("LocalSecondaryIndexes":{"byCents":{"CapacityUnits":2.0}},"GlobalSecondaryIndexes":{"byUser":{"CapacityUnits":1.0}}},)"
      R"("ItemCollectionMetrics":{"ItemCollectionKey":{"id":{"S":"a"}},"SizeEstimateRangeGB":[0.0,1.0]}})");
  EXPECT_EQ(
      call(
          "TransactWriteItems",
          R"({"TransactItems":[{"Delete":{"TableName":"images","Key":{"Id":{"S":"a"}}}}],"ReturnConsumedCapacity":"TOTAL"})")
          ->dump(),
      R"({"ConsumedCapacity":[{"TableName":"images","CapacityUnits":2.0,"WriteCapacityUnits":2.0}]})");
}

TEST_P(Operations, TakeLegacyParameters) {
  put("images", R"({"Id":{"S":"k"},"n":{"N":"1"},"l":{"L":[]}})");
  EXPECT_EQ(
      run("UpdateItem",
          R"({"TableName":"images","Key":{"Id":{"S":"k"}},"AttributeUpdates":{"n":{"Action":"ADD","Value":{"N":"2"}},
                "l":{"Action":"ADD","Value":{"L":[{"S":"x"}]}},"t":{"Value":{"S":"put"}}},"Expected":{"n":{"Value":{"N":"1"}}},"ReturnValues":"ALL_NEW"})"),
      R"({"Attributes":{"Id":{"S":"k"},"n":{"N":"3"},"l":{"L":[{"S":"x"}]},"t":{"S":"put"}}})");
  EXPECT_THAT(run("PutItem", R"({"TableName":"images","Item":{"Id":{"S":"k"}},"Expected":{"Id":{"Exists":false}}})"),
              StartsWith("ConditionalCheckFailedException"));
  EXPECT_EQ(run("GetItem", R"({"TableName":"images","Key":{"Id":{"S":"k"}},"AttributesToGet":["t"]})"),
            R"({"Item":{"t":{"S":"put"}}})");
  put_orders();
  EXPECT_EQ(ats("Query", R"("KeyConditions":{"id":{"ComparisonOperator":"EQ","AttributeValueList":[{"S":"a"}]},
      "ts":{"ComparisonOperator":"BETWEEN","AttributeValueList":[{"N":"2"},{"N":"4"}]}},
      "QueryFilter":{"note":{"ComparisonOperator":"NE","AttributeValueList":[{"S":"n3"}]}})"),
            "2 4 ");
  EXPECT_EQ(ats("Scan", R"("ScanFilter":{"note":{"ComparisonOperator":"NULL"}})"), "-1 ");
}

INSTANTIATE_TEST_SUITE_P(Stores, Operations, testing::Bool(),
                         [](const auto& is_sqlite) { return is_sqlite.param ? "Sqlite" : "Memory"; });

}  // namespace
}  // namespace stepd::dynamodb
