// The routes besides the AWS protocol: starting executions, showing items, objects, health, and what is not there.
#include "api/api_fixture.h"
#include "base/encoding.h"

namespace stepd::api::test {
namespace {

class StartRoutes : public Api {
 protected:
  void SetUp() override {
    routes.starts = {{"/resize", kMachineArn, {"bucket", "key"}, {{"bucket", {"uploads"}}}},
                     {"/prod/process", kMachineArn, {}, {}}};
    gateway.on_start = [this](run::StartExecution request, const run::Reply<run::StartedExecution>& reply) {
      seen = std::move(request);
      reply(run::StartedExecution{kExecutionArn, kNow});
    };
  }
  void expect_400(const std::string& body, const std::string& reason) {
    const auto answer = ask("POST", "/resize", body);
    EXPECT_EQ(answer.status, 400) << body;
    EXPECT_NE(answer.json()["error"].get<std::string>().find(reason), std::string::npos) << answer.body;
  }
  run::StartExecution seen;
};

TEST_F(StartRoutes, TheBodyBecomesTheInputAsItWasSent) {
  const std::string body = R"({"bucket":"uploads", "key":"it's.jpg", "size":1.0})";
  // What `curl -d` sends by itself.
  const auto answer =
      ask("POST", "/resize", body, {"User-Agent: curl/7.88.1", "Content-Type: application/x-www-form-urlencoded"});
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"executionArn":")" + kExecutionArn + R"(","startDate":1763712345.678})");
  EXPECT_EQ(answer.field("Content-Type"), "application/json");
  EXPECT_EQ(seen.state_machine_arn, kMachineArn);
  EXPECT_EQ(seen.input, body);
  EXPECT_EQ(seen.name, std::nullopt);
  EXPECT_EQ(ask("POST", "/prod/process", "{}", {"Content-Type: application/json; charset=utf-8"}).status, 200);
}

TEST_F(StartRoutes, ABodyThatCannotBeAnInputIsRefusedWithAReason) {
  expect_400("", "must be a JSON object");
  expect_400("{", "must be a JSON object");
  expect_400("[1]", "must be a JSON object");
  expect_400("\xEF\xBB\xBF{}", "a byte order mark is no JSON");
  expect_400(std::string("{}\0x", 4), "a NUL byte is no JSON");
  expect_400("{\"a\":\"\xff\"}", "must be a JSON object");
  expect_400(R"({"bucket":"uploads"})", "\"key\" is missing");
  expect_400(R"({"bucket":"uploads","key":null})", "\"key\" is null");
  expect_400(R"({"bucket":"secrets","key":"a"})", "\"bucket\" has a value that is not permitted here");
  expect_400(R"({"bucket":["uploads"],"key":"a"})", "\"bucket\" has a value that is not permitted here");
  EXPECT_EQ(seen.state_machine_arn, "");
}

TEST_F(StartRoutes, APathIsFoundHoweverItIsEncoded) {
  EXPECT_EQ(ask("POST", "/prod/process", "{}").status, 200);
  EXPECT_EQ(ask("POST", "/pro%64/process", "{}").status, 200);
  EXPECT_EQ(ask("POST", "/prod%2Fprocess", "{}").status, 404) << "an encoded slash parts no segments";
  EXPECT_EQ(ask("GET", "/prod/process").status, 405);
  EXPECT_EQ(ask("POST", "/prod/process/", "{}").status, 404);
}

TEST_F(StartRoutes, AReasonSaysWhatIsWanted) {
  expect_400(R"({"bucket":"uploads"})", R"(; wanted is the input, a JSON object with "bucket", "key")");
}

class EnvelopeRoutes : public StartRoutes {
 protected:
  void SetUp() override {
    StartRoutes::SetUp();
    routes.starts[0].envelope = true;
  }
  void expect_refused(const Json& body, int status, const std::string& type, const std::string& reason) {
    const auto answer = ask("POST", "/resize", print_json(body));
    EXPECT_EQ(answer.status, status) << body;
    EXPECT_EQ(answer.json()["__type"].get<std::string>(), type) << body;
    EXPECT_NE(answer.json()["message"].get<std::string>().find(reason), std::string::npos) << answer.body;
    EXPECT_EQ(seen.state_machine_arn, "") << body;
  }
  const Json input{{"bucket", "uploads"}, {"key", "a"}};
};

TEST_F(EnvelopeRoutes, TheBodyIsTheInputOrARequestThatHasIt) {
  EXPECT_EQ(ask("POST", "/resize", print_json(input)).status, 200);
  EXPECT_EQ(seen.input, print_json(input));
  EXPECT_EQ(seen.name, std::nullopt);
  const Json request{{"input", print_json(input)}, {"name", "one"}, {"stateMachineArn", kMachineArn}};
  EXPECT_EQ(ask("POST", "/resize", print_json(request)).status, 200);
  EXPECT_EQ(seen.input, print_json(input));
  EXPECT_EQ(seen.name, "one");
}

TEST_F(EnvelopeRoutes, AnInputWithAMemberOfThatNameStaysAnInput) {
  auto body = input;
  body["input"] = "x";
  EXPECT_EQ(ask("POST", "/resize", print_json(body)).status, 200);
  EXPECT_EQ(seen.input, print_json(body));
}

TEST_F(EnvelopeRoutes, ARefusalSaysWhichOfTheTwoItLookedAt) {
  expect_refused(Json{{"bucket", "uploads"}}, 400, "ValidationException",
                 R"(the body lacks a member: "key" is missing)");
  expect_refused(Json{{"bucket", "uploads"}}, 400, "ValidationException", R"(, or StartExecution's request)");
  expect_refused(Json{{"input", R"({"bucket":"uploads"})"}}, 400, "ValidationException",
                 R"(the input lacks a member: "key" is missing)");
  expect_refused(Json{{"stateMachineArn", kMachineArn}}, 400, "ValidationException", R"("input" is missing)");
  expect_refused(Json{{"input", nullptr}}, 400, "ValidationException", R"("input" is null)");
  expect_refused(Json{{"input", input}}, 400, "SerializationException", "input must be a text");
  expect_refused(Json{{"input", print_json(input)}, {"stateMachineArn", kMachineArn + "s"}}, 403,
                 "AccessDeniedException", "alone");
  expect_refused(Json{{"bucket", "secrets"}, {"key", "a"}}, 400, "ValidationException", "not permitted");
}

class EndRoutes : public Api {
 protected:
  void SetUp() override {
    routes.starts = {{"/output", kMachineArn}, {"/execution", kMachineArn}};
    routes.starts[0].reply = StartRoute::Reply::Output;
    routes.starts[1].reply = StartRoute::Reply::Execution;
    gateway.on_start_sync = [this](run::StartExecution request, const run::Reply<run::EndedExecution>& reply) {
      ended.input = *Payload::parse(request.input);
      reply(ended);
    };
    ended.arn = kExecutionArn;
    ended.started_at = kNow;
    ended.stopped_at = kNow;
  }
  run::EndedExecution ended;
};

TEST_F(EndRoutes, TheOutputAloneIsAnsweredOrWhyThereIsNone) {
  ended.output = Payload(Json::array({1, "a"}));
  const auto answer = ask("POST", "/output", "{}");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"([1,"a"])");
  EXPECT_EQ(answer.field("Content-Type"), "application/json");
  ended.output.reset();
  ended.status = storage::ExecutionStatus::Failed;
  ended.error = "Bad";
  ended.cause = "on principle";
  EXPECT_EQ(ask("POST", "/output", "{}").status, 500);
  EXPECT_EQ(ask("POST", "/output", "{}").body, R"({"error":"Bad","cause":"on principle"})");
  ended.status = storage::ExecutionStatus::TimedOut;
  EXPECT_EQ(ask("POST", "/output", "{}").status, 504);
}

TEST_F(EndRoutes, TheWholeExecutionIsAnsweredAsByStartSyncExecution) {
  ended.status = storage::ExecutionStatus::Failed;
  ended.error = "Bad";
  const auto answer = ask("POST", "/execution", R"({"a":1})");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.json(),
            call("StartSyncExecution", Json{{"stateMachineArn", kMachineArn}, {"input", R"({"a":1})"}}).json());
  EXPECT_EQ(answer.json()["status"].get<std::string>(), "FAILED");
}

TEST_F(EndRoutes, ARefusalKeepsItsStatus) {
  gateway.on_start_sync = [](const run::StartExecution&, const run::Reply<run::EndedExecution>& reply) {
    reply(run::Refusal{run::RefusalCode::ThrottlingException, "too many"});
  };
  EXPECT_EQ(ask("POST", "/output", "{}").status, 429);
}

TEST_F(StartRoutes, WhatAFormOfAForeignPageCouldSendIsRefused) {
  const std::string body = R"({"bucket":"uploads","key":"a"})";
  EXPECT_EQ(ask("POST", "/resize", body, {"Content-Type: text/plain"}).status, 415);
  EXPECT_EQ(ask("POST", "/resize", body, {"Content-Type: multipart/form-data; boundary=x"}).status, 415);
  EXPECT_EQ(ask("POST", "/resize", body, {"Origin: http://evil.example"}).status, 403);
  EXPECT_EQ(ask("POST", "/resize", body, {"Origin: null"}).status, 403);
  EXPECT_EQ(ask("POST", "/resize", body, {"Sec-Fetch-Site: cross-site"}).status, 403);
  // Old browsers send forms without any of these fields.
  for (const std::string type :
       {"", "application/x-www-form-urlencoded", "Application/X-WWW-Form-Urlencoded; charset=x"}) {
    for (const char* agent : {"Mozilla/5.0 (X11)", "x curl/7", ""}) {
      const auto answer = ask("POST", "/resize", body, {"Content-Type: " + type, std::string("User-Agent: ") + agent});
      EXPECT_EQ(answer.status, 415) << type << agent;
      EXPECT_NE(answer.body.find("curl: -H 'Content-Type: application/json'"), std::string::npos) << answer.body;
    }
  }
  EXPECT_EQ(seen.state_machine_arn, "");
  EXPECT_EQ(ask("POST", "/resize", body, {"Origin: http://localhost", "Sec-Fetch-Site: same-origin"}).status, 200);
  for (const char* vouching : {"Origin: http://localhost", "Sec-Fetch-Site: same-origin", "Sec-Fetch-Site: none",
                               "User-Agent: curl/8", "Authorization: AWS4-HMAC-SHA256 x", "X-Amz-Date: x"}) {
    EXPECT_EQ(ask("POST", "/resize", body, {"Content-Type: application/x-www-form-urlencoded", vouching}).status, 200)
        << vouching;
  }
}

TEST_F(StartRoutes, ARefusalOfTheEngineKeepsItsReason) {
  const std::vector<std::pair<run::RefusalCode, int>> table = {{run::RefusalCode::InvalidExecutionInput, 400},
                                                               {run::RefusalCode::ExecutionLimitExceeded, 429},
                                                               {run::RefusalCode::StateMachineDoesNotExist, 503},
                                                               {run::RefusalCode::ServiceUnavailable, 503}};
  for (const auto& [code, status] : table) {
    gateway.on_start = [refused = code](const run::StartExecution&, const run::Reply<run::StartedExecution>& reply) {
      reply(run::Refusal{refused, "because"});
    };
    const auto answer = ask("POST", "/prod/process", "{}");
    EXPECT_EQ(answer.status, status);
    EXPECT_EQ(answer.body, R"({"error":"because"})");
  }
}

TEST_F(StartRoutes, AnEngineThatThrowsOrForgetsCostsOneRequest) {
  gateway.on_start = [](const run::StartExecution&, const run::Reply<run::StartedExecution>&) {
    throw std::runtime_error("bug");
  };
  EXPECT_EQ(ask("POST", "/prod/process", "{}").body, R"({"error":"internal error"})");
  gateway.on_start = [](const run::StartExecution&, const run::Reply<run::StartedExecution>&) {};
  EXPECT_EQ(ask("POST", "/prod/process", "{}").status, 500);
  expect_alive();
}

TEST_F(StartRoutes, NoInputIsLargerThanAnExecutionTakes) {
  const std::string filler(262'144 - 8, 'x');
  EXPECT_EQ(ask("POST", "/prod/process", "{\"a\":\"" + filler + "\"}").status, 200);
  EXPECT_EQ(ask("POST", "/prod/process", "{\"a\":\"x" + filler + "\"}").status, 413);
}

TEST_F(StartRoutes, ARouteThatIsThereTwiceIsNotServed) {
  routes.starts.push_back({"/resize", kMachineArn, {}, {}});
  EXPECT_THROW(server(), std::invalid_argument);
}

class ItemRoutes : public Api {
 protected:
  void SetUp() override { routes.items = {{"/images/{bucket}/{key...}/status", "images", "{bucket}/{key}"}}; }
};

TEST_F(ItemRoutes, ShowsTheItemOfAKeyWithSlashesAndSpaces) {
  items.items["uploads/a b/c.jpg"] = Json{{"ImageKey", "uploads/a b/c.jpg"}, {"width", 7}};
  const auto answer = ask("GET", "/images/uploads/a%20b/c.jpg/status");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"ImageKey":"uploads/a b/c.jpg","width":7})");
}

TEST_F(ItemRoutes, AnItemThatIsNotThereIs404WithAReason) {
  const auto answer = ask("GET", "/images/uploads/no.jpg/status");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.body, R"({"error":"no item with the key \"uploads/no.jpg\" is in the table \"images\""})");
  EXPECT_EQ(ask("GET", "/images/uploads/%ff%fe/status").status, 404);
}

TEST_F(ItemRoutes, ATemplateThatCannotBeFilledIsNotServed) {
  for (const char* key : {"{file}", "{bucket", ""}) {
    routes.items[0].key = key;
    EXPECT_THROW(server(), std::invalid_argument) << key;
  }
  routes.items[0] = {"/x/{key}", "nowhere", "{key}"};
  EXPECT_THROW(server(), std::invalid_argument);
}

class Buckets : public Api {};

TEST_F(Buckets, AnObjectIsPutFetchedAskedAboutAndRemoved) {
  const auto put = ask("PUT", "/buckets/uploads/a/b%20c.txt", "hello", {"Content-Type: text/plain"});
  EXPECT_EQ(put.status, 200);
  EXPECT_EQ(put.body, R"({"bucket":"uploads","key":"a/b c.txt","size":5,"etag":"etag5"})");
  EXPECT_EQ(put.field("ETag"), "\"etag5\"");
  const auto got = ask("GET", "/buckets/uploads/a/b%20c.txt");
  EXPECT_EQ(got.body, "hello");
  EXPECT_EQ(got.field("Content-Type"), "text/plain");
  EXPECT_EQ(got.field("Last-Modified"), "Fri, 21 Nov 2025 08:05:45 GMT");
  EXPECT_EQ(got.field("X-Content-Type-Options"), "nosniff");
  EXPECT_NE(got.field("Content-Security-Policy").find("sandbox"), std::string::npos);
  const auto head = ask("HEAD", "/buckets/uploads/a/b%20c.txt");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.field("Content-Length"), "5");
  EXPECT_EQ(ask("DELETE", "/buckets/uploads/a/b%20c.txt").status, 204);
  EXPECT_EQ(ask("GET", "/buckets/uploads/a/b%20c.txt").status, 404);
  EXPECT_EQ(ask("DELETE", "/buckets/uploads/a/b%20c.txt").status, 204);
}

TEST_F(Buckets, NothingLargeIsEverWholeInMemory) {
  std::string large(5'000'000, '\0');
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<char>(i * 31 % 251);
  EXPECT_EQ(ask("PUT", "/buckets/uploads/large", large).status, 200);
  EXPECT_EQ(objects.objects()["large"].bytes, large);
  EXPECT_LE(objects.largest_piece(), 256U * 1024);
  EXPECT_EQ(ask("GET", "/buckets/uploads/large").body, large);
}

TEST_F(Buckets, AChunkedBodyIsPutAsWell) {
  const auto answer =
      raw("PUT /buckets/uploads/k HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
          "5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(objects.objects()["k"].bytes, "hello world");
}

TEST_F(Buckets, AnUploadThatBreaksOffLeavesNothing) {
  {
    Socket socket(server().port());
    socket.send("PUT /buckets/uploads/half HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nhalf");
    socket.shut_sending();
    socket.read_rest();
  }
  server().drain(std::chrono::seconds(10));
  EXPECT_EQ(objects.open_writers(), 0);
  EXPECT_EQ(objects.objects().size(), 0U);
}

TEST_F(Buckets, ErrorsOfTheStoreHaveTheirStatus) {
  const std::vector<std::pair<const char*, int>> table = {{"Object.NoSuchBucket", 404}, {"Object.InvalidKey", 400},
                                                          {"Object.AccessDenied", 403}, {"Object.Conflict", 409},
                                                          {"Object.StorageFull", 507},  {"Object.Failed", 500}};
  for (const auto& [name, status] : table) {
    objects.next_error = AslError{name, "why"};
    EXPECT_EQ(ask("PUT", "/buckets/uploads/k", "x").status, status) << name;
  }
  EXPECT_EQ(ask("GET", "/buckets/nowhere/k").status, 404);
  EXPECT_EQ(objects.objects().size(), 0U);
}

TEST_F(Buckets, AnObjectLargerThanTheLimitIsRefusedHoweverItComes) {
  options.object_bytes_max = 10;
  EXPECT_EQ(raw("PUT /buckets/uploads/k HTTP/1.1\r\nHost: localhost\r\nContent-Length: 11\r\n\r\n").status, 413);
  EXPECT_EQ(raw("PUT /buckets/uploads/k HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"
                "b\r\nhello world\r\n0\r\n\r\n")
                .status,
            413);
  EXPECT_EQ(objects.objects().size(), 0U);
}

TEST_F(Buckets, OneRangeIsServedAndOthersAreIgnored) {
  objects.put("k", "0123456789");
  auto range = [&](const std::string& value) { return ask("GET", "/buckets/uploads/k", "", {"Range: " + value}); };
  const auto part = range("bytes=2-4");
  EXPECT_EQ(part.status, 206);
  EXPECT_EQ(part.body, "234");
  EXPECT_EQ(part.field("Content-Range"), "bytes 2-4/10");
  EXPECT_EQ(range("bytes=7-").body, "789");
  EXPECT_EQ(range("bytes=-3").body, "789");
  EXPECT_EQ(range("bytes=8-99").body, "89");
  EXPECT_EQ(range("bytes=10-").status, 416);
  EXPECT_EQ(range("bytes=10-").field("Content-Range"), "bytes */10");
  for (const char* ignored : {"bytes=4-2", "bytes=a-b", "items=1-2", "bytes=1-2,4-5", "bytes=99999999999999999999-"}) {
    EXPECT_EQ(range(ignored).status, 200) << ignored;
    EXPECT_EQ(range(ignored).body, "0123456789") << ignored;
  }
  EXPECT_EQ(ask("GET", "/buckets/uploads/k", "", {"Range: bytes=1-2", "If-Range: \"other\""}).status, 200);
  EXPECT_EQ(ask("GET", "/buckets/uploads/k", "", {"If-None-Match: \"etag10\""}).status, 304);
}

/// The object was modified at 08:05:45.678.
TEST_F(Buckets, ConditionsOfReadsAreAnswered) {
  objects.put("k", "0123456789");
  const std::string at = "Fri, 21 Nov 2025 08:05:45 GMT";
  const std::string before = "Fri, 21 Nov 2025 08:05:44 GMT";
  const std::vector<std::pair<std::vector<std::string>, int>> table = {
      {{"If-Match: \"etag10\""}, 200},
      {{"If-Match: \"a\" , \"etag10\""}, 200},
      {{"If-Match: *"}, 200},
      {{"If-Match: \"other\""}, 412},
      {{"If-Match: W/\"etag10\""}, 412},
      {{"If-Match: etag10"}, 400},
      {{"If-Match: \"etag10"}, 400},
      {{"If-Match:"}, 400},
      {{"If-None-Match: \"other\""}, 200},
      {{"If-None-Match: \"other\",W/\"etag10\""}, 304},
      {{"If-None-Match: *"}, 304},
      {{"If-None-Match: x"}, 400},
      {{"If-Modified-Since: " + at}, 304},
      {{"If-Modified-Since: " + before}, 200},
      {{"If-Modified-Since: whenever"}, 200},
      {{"If-Unmodified-Since: " + at}, 200},
      {{"If-Unmodified-Since: " + before}, 412},
      {{"If-Unmodified-Since: whenever"}, 400},
      // A date is not looked at where there are tags.
      {{"If-Match: \"etag10\"", "If-Unmodified-Since: " + before}, 200},
      {{"If-None-Match: \"other\"", "If-Modified-Since: " + at}, 200},
      {{"If-Match: \"other\"", "If-None-Match: \"etag10\""}, 412},
      {{"Range: bytes=1-2", "If-Range: \"etag10\""}, 206},
      {{"Range: bytes=1-2", "If-Range: W/\"etag10\""}, 200},
      {{"Range: bytes=1-2", "If-Range: " + at}, 206},
      {{"Range: bytes=1-2", "If-Range: " + before}, 200},
      {{"Range: bytes=1-2", "If-Range: nonsense"}, 200},
  };
  for (const auto& [fields, status] : table) {
    EXPECT_EQ(ask("GET", "/buckets/uploads/k", "", fields).status, status) << fields.front();
    if (status != 206) EXPECT_EQ(ask("HEAD", "/buckets/uploads/k", "", fields).status, status) << fields.front();
  }
  EXPECT_EQ(ask("GET", "/buckets/uploads/k", "", {"If-None-Match: *"}).field("ETag"), "\"etag10\"");
}

TEST_F(Buckets, AWriteThatIsConditionalIsNeverUnconditional) {
  objects.put("k", "0123456789");
  const std::vector<std::pair<std::string, int>> refused = {
      {"If-Match: \"other\"", 412},
      {"If-Match: W/\"etag10\"", 412},
      {"If-Match: etag10", 400},
      {"If-None-Match: *", 412},
      {"If-None-Match: \"etag10\"", 412},
      {"If-None-Match: ?", 400},
      {"If-Unmodified-Since: Fri, 21 Nov 2025 08:05:44 GMT", 412},
      {"If-Unmodified-Since: 1", 400},
  };
  for (const auto& [field, status] : refused) {
    EXPECT_EQ(ask("PUT", "/buckets/uploads/k", "new", {field}).status, status) << field;
    EXPECT_EQ(ask("DELETE", "/buckets/uploads/k", "", {field}).status, status) << field;
    EXPECT_EQ(objects.objects().at("k").bytes, "0123456789") << field;
  }
  EXPECT_EQ(ask("PUT", "/buckets/uploads/k", "12345", {"If-Match: \"etag10\""}).status, 200);
  EXPECT_EQ(ask("PUT", "/buckets/uploads/absent", "x", {"If-Match: *"}).status, 412);
  EXPECT_EQ(ask("DELETE", "/buckets/uploads/absent", "", {"If-Match: *"}).status, 412);
  EXPECT_FALSE(objects.objects().contains("absent"));
  EXPECT_EQ(ask("PUT", "/buckets/uploads/absent", "x", {"If-None-Match: *"}).status, 200);
  EXPECT_EQ(ask("DELETE", "/buckets/uploads/k", "", {"If-Match: \"etag5\""}).status, 204);
  EXPECT_FALSE(objects.objects().contains("k"));
}

TEST_F(Buckets, AListGoesOnAfterAKey) {
  for (const char* key : {"a/1", "a/2", "a/3", "b"}) objects.put(key, "x");
  const auto first = ask("GET", "/buckets/uploads?prefix=a%2F&limit=2").json();
  EXPECT_EQ(first["objects"][0].dump(),
            R"({"key":"a/1","size":1,"etag":"etag1","lastModified":"2025-11-21T08:05:45.678Z",)"
            R"("contentType":"text/plain"})");
  EXPECT_TRUE(first["more"].get<bool>());
  const auto rest = ask("GET", "/buckets/uploads?prefix=a/&after=" + first["after"].get<std::string>()).json();
  EXPECT_EQ(rest["objects"].size(), 1U);
  EXPECT_FALSE(rest["more"].get<bool>());
  for (const char* limit : {"0", "1001", "-1", "x", "18446744073709551616"}) {
    EXPECT_EQ(ask("GET", std::string("/buckets/uploads?limit=") + limit).status, 400) << limit;
  }
  EXPECT_EQ(ask("GET", "/buckets/nowhere").status, 404);
}

TEST_F(Buckets, NoPathLeadsOutOfABucket) {
  for (const std::string form : {"..", "a/../../b", "%2e%2e", "%2E%2e/x", ".%2e/x", "..%2fx", "a%2f..%2fb",
                                 "a%2f%2e%2e", "..\\x", "x%00.jpg", "./x", "%2e/x", "a/./b", "%c0%ae%zz", "a#b"}) {
    const auto answer = ask("GET", "/buckets/uploads/" + form);
    EXPECT_EQ(answer.status, 400) << form;
  }
  EXPECT_EQ(ask("PUT", "/buckets/../x", "y").status, 400);
  EXPECT_EQ(ask("PUT", "/buckets/%2e%2e/x", "y").status, 400);
  EXPECT_TRUE(objects.asked().empty()) << "the store was asked for " << *objects.asked().begin();
}

/// What a key may hold is the store's to say; every key that it takes can be asked for.
TEST_F(Buckets, EveryCharacterOfAKeyCanBeAskedFor) {
  const std::vector<std::pair<std::string, std::string>> table = {{"back%5Cslash.jpg", "back\\slash.jpg"},
                                                                  {"a%20b", "a b"},
                                                                  {"a+b", "a+b"},
                                                                  {"a%2Bb", "a+b"},
                                                                  {"100%25", "100%"},
                                                                  {"a%3Fb", "a?b"},
                                                                  {"a%23b", "a#b"},
                                                                  {"a%2Fb", "a/b"},
                                                                  {"%C3%BC.jpg", "\xC3\xBC.jpg"},
                                                                  {"a%26b%3Dc", "a&b=c"},
                                                                  {"%22%27", "\"'"},
                                                                  {"a%3Bb:c@d", "a;b:c@d"},
                                                                  {"%252F", "%2F"},
                                                                  {"%5C", "\\"},
                                                                  {"%7Bx%7D", "{x}"}};
  for (const auto& [path, key] : table) {
    EXPECT_EQ(ask("PUT", "/buckets/uploads/" + path, key).status, 200) << path;
    EXPECT_TRUE(objects.objects().contains(key)) << path;
    EXPECT_EQ(ask("GET", "/buckets/uploads/" + path).body, key) << path;
    EXPECT_EQ(ask("HEAD", "/buckets/uploads/" + path).status, 200) << path;
    const auto listed = ask("GET", "/buckets/uploads?limit=1&prefix=" + percent_encode(key)).json();
    EXPECT_EQ(listed["objects"][0]["key"].get<std::string>(), key) << path;
    EXPECT_EQ(ask("DELETE", "/buckets/uploads/" + path).status, 204) << path;
    EXPECT_FALSE(objects.objects().contains(key)) << path;
  }
}

/// However it is asked for: nothing in an object runs as a page of this server.
TEST_F(Buckets, AnObjectIsNoPageOfThisServer) {
  const std::vector<std::pair<std::string, bool>> table = {{"text/html", true},
                                                           {"Text/HTML; charset=utf-7", true},
                                                           {"application/xhtml+xml", true},
                                                           {"image/svg+xml", true},
                                                           {"text/xml", true},
                                                           {"application/rss+xml", true},
                                                           {"application/pdf", true},
                                                           {"text/javascript", true},
                                                           {"multipart/x-mixed-replace; boundary=x", true},
                                                           {"message/rfc822", true},
                                                           {"text/html\tx", true},
                                                           {"image/png", false},
                                                           {"text/plain", false},
                                                           {"application/json", false}};
  for (const auto& [type, active] : table) {
    objects.put("k", "0123456789", type);
    std::vector<Answer> answers;
    answers.push_back(ask("GET", "/buckets/uploads/k"));
    answers.push_back(ask("HEAD", "/buckets/uploads/k"));
    answers.push_back(ask("GET", "/buckets/uploads/k", "", {"Range: bytes=2-4"}));
    answers.push_back(ask("GET", "/buckets/uploads/k", "", {"If-None-Match: *"}));
    for (const auto& answer : answers) {
      EXPECT_NE(answer.field("Content-Security-Policy").find("sandbox"), std::string::npos) << type << answer.status;
      EXPECT_EQ(answer.field("X-Content-Type-Options"), "nosniff") << type << answer.status;
      EXPECT_EQ(answer.field("Content-Disposition"), active ? "attachment" : "") << type << answer.status;
      EXPECT_EQ(answer.field("Cross-Origin-Resource-Policy"), "same-origin") << type << answer.status;
    }
    // An error is never of the object's type.
    for (const auto& error : {ask("GET", "/buckets/uploads/k", "", {"Range: bytes=20-"}),
                              ask("GET", "/buckets/uploads/k", "", {"If-Match: \"x\""}),
                              ask("GET", "/buckets/uploads/%3Cscript%3E.html"), ask("GET", "/buckets/uploads")}) {
      EXPECT_EQ(error.field("Content-Type"), "application/json") << error.status;
      EXPECT_EQ(error.field("X-Content-Type-Options"), "nosniff") << error.status;
    }
  }
}

TEST_F(Buckets, AKeyIsDecodedOnce) {
  ask("GET", "/buckets/uploads/%252e%252e/x");
  ask("GET", "/buckets/uploads/a+b%0d%0aX:%20y");
  EXPECT_EQ(objects.asked(), (std::set<std::string>{"uploads %2e%2e/x", "uploads a+b\r\nX: y"}));
}

TEST_F(Buckets, ForeignPagesNeitherReadNorWrite) {
  objects.put("k", "x");
  for (const char* method : {"GET", "PUT", "DELETE", "HEAD"}) {
    EXPECT_EQ(ask(method, "/buckets/uploads/k", "", {"Origin: https://evil.example"}).status, 403) << method;
  }
  EXPECT_EQ(objects.objects().size(), 1U);
}

TEST_F(Buckets, MayBeLeftOut) {
  routes.buckets = false;
  EXPECT_EQ(ask("GET", "/buckets/uploads/k").status, 404);
}

class Others : public Api {};

TEST_F(Others, HealthTellsStatusVersionAndReadings) {
  using namespace std::chrono_literals;
  gateway.read.quarantined = 3;
  gateway.read.ended_loops = 2;
  gateway.read.lanes = {
      {.lane = "quick", .slots = 2, .running = 1, .waiting_max = 10},
      {.lane = "images", .slots = 4, .running = 4, .waiting = 7, .waiting_max = 10, .oldest_wait = 1'250ms}};
  const auto answer = ask("GET", "/health");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, R"({"status":"ok","version":")" STEPD_VERSION R"(","quarantinedExecutions":3,)"
                         R"("endedLoops":2,"lanes":{)"
                         R"("quick":{"slots":2,"running":1,"waiting":0,"waitingMax":10,"oldestWaitSeconds":0.0},)"
                         R"("images":{"slots":4,"running":4,"waiting":7,"waitingMax":10,"oldestWaitSeconds":1.25}},)"
                         R"("connections":{"open":1,"idle":0,"longPolls":0,"clients":1,"openMax":4096,)"
                         R"("openMaxPerClient":2048,"longPollsMax":3072,"longPollsMaxPerClient":1024,)"
                         R"("refused":0,"closedIdle":0}})");
}

TEST_F(Others, TheFrontPageTellsWhatThisIs) {
  routes.starts = {{"/<go>", kMachineArn, {}, {}}};
  const auto page = ask("GET", "/", "", {"Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"});
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.field("Content-Type"), "text/html; charset=utf-8");
  EXPECT_NE(page.body.find("stepd " STEPD_VERSION), std::string::npos);
  EXPECT_NE(page.body.find("POST /&lt;go&gt;"), std::string::npos);
  EXPECT_EQ(page.body.find("<go>"), std::string::npos);
  EXPECT_NE(page.field("Content-Security-Policy").find("default-src 'none'"), std::string::npos);
  const auto plain = ask("GET", "/", "", {"Accept: application/json"});
  EXPECT_EQ(plain.field("Content-Type"), "application/json");
  EXPECT_EQ(plain.json()["name"].get<std::string>(), "stepd");
  EXPECT_EQ(plain.json()["version"].get<std::string>(), STEPD_VERSION);
  EXPECT_EQ(plain.field("Vary"), "Accept");
  const auto healthy = ask("GET", "/", "", {"Accept: */*"});
  EXPECT_EQ(healthy.field("Content-Type"), "text/plain");
  EXPECT_EQ(healthy.body, "healthy: localhost ");
  EXPECT_EQ(ask("HEAD", "/").status, 200);
  EXPECT_EQ(ask("GET", "/", "", {"Origin: https://evil.example"}).status, 403);
}

TEST_F(Others, HealthFailsWithTheStore) {
  reader.broken = true;
  const auto answer = ask("GET", "/health");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.json()["status"].get<std::string>(), "failing");
  EXPECT_EQ(answer.json()["quarantinedExecutions"].get<int>(), 0);
}

TEST_F(Others, WhatIsNotThereIs404InJsonAndNamesWhatIs) {
  const auto answer = ask("GET", "/nowhere");
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.field("Content-Type"), "application/json");
  EXPECT_EQ(answer.json()["error"].get<std::string>(), "nothing here answers GET /nowhere");
  const auto wrong = ask("DELETE", "/health");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(wrong.field("Allow"), "GET");
}

}  // namespace
}  // namespace stepd::api::test
