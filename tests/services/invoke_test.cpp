// Functions behind an endpoint: what is asked of it, and what its answers become.
#include "services/dispatcher.h"
#include "support/http_double.h"

#include <gtest/gtest.h>

#include <future>
#include <mutex>
#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

using namespace std::chrono_literals;

class InvokeTest : public testing::Test {
 protected:
  InvokeTest() : server_([this](const SeenRequest& request) { return answer(request); }) {}

  DoubleAnswer answer(const SeenRequest& request) {
    const std::lock_guard lock(mutex_);
    seen_.push_back(request);
    return given_;
  }

  services::Dispatcher& dispatcher() {
    if (!dispatcher_) {
      services::ServiceOptions options;
      options.lambda_endpoint = endpoint_.empty() ? server_.url() : endpoint_;
      dispatcher_ = std::make_unique<services::Dispatcher>(options, handlers_, clock_);
    }
    return *dispatcher_;
  }

  static core::TaskLabel function(const std::string& arn) { return {asl::Resource::Kind::LambdaFunction, "", arn}; }
  static core::TaskLabel invoke() { return {asl::Resource::Kind::Service, "lambda", "invoke"}; }

  std::future<Result<Payload>> begin(core::TaskLabel label, const std::string& input) {
    auto promise = std::make_shared<std::promise<Result<Payload>>>();
    run::TaskCall call{std::move(label), Payload::trusted(input), "1-2", [this] { ++started_; },
                       [promise](Result<Payload> result) { promise->set_value(std::move(result)); }};
    call.trace_header = trace_;
    dispatcher().start(std::move(call));
    return promise->get_future();
  }

  Result<Payload> call(core::TaskLabel label, const std::string& input) {
    auto future = begin(std::move(label), input);
    if (future.wait_for(30s) != std::future_status::ready) throw std::runtime_error("no answer");
    return future.get();
  }

  SeenRequest seen() {
    const std::lock_guard lock(mutex_);
    return seen_.empty() ? SeenRequest{} : seen_.back();
  }

  std::mutex mutex_;
  std::vector<SeenRequest> seen_;
  DoubleAnswer given_;
  std::string trace_;
  std::atomic<int> started_{0};
  std::string endpoint_;
  services::Handlers handlers_;
  SystemClock clock_;
  HttpDouble server_;
  std::unique_ptr<services::Dispatcher> dispatcher_;
};

TEST_F(InvokeTest, AFunctionsAnswerIsTheTasksOutput) {
  given_.body = R"({"r": 1})";
  const auto result = call(function("arn:aws:lambda:us-east-1:123456789012:function:f:prod"), R"({"a":1})");
  ASSERT_TRUE(result.has_value()) << result.error().cause;
  EXPECT_EQ(result->text(), R"({"r": 1})");
  EXPECT_EQ(seen().method, "POST");
  EXPECT_EQ(seen().target, "/2015-03-31/functions/f/invocations?Qualifier=prod");
  EXPECT_EQ(seen().body, R"({"a":1})");
  EXPECT_EQ(seen().field("X-Amz-Invocation-Type"), "RequestResponse");
  EXPECT_EQ(started_, 1);
}

TEST_F(InvokeTest, TheExecutionsTraceGoesWithTheCall) {
  given_.body = "1";
  trace_ = "Root=1-5759e988-bd862e3fe1be46a994272793;Sampled=1";
  call(function("f"), "{}");
  EXPECT_EQ(seen().field("X-Amzn-Trace-Id"), trace_);
  for (const char* harmful : {"a\r\nX-Amz-Invocation-Type: Event", "a\tb", "a\x7f"}) {
    trace_ = harmful;
    call(function("f"), "{}");
    EXPECT_EQ(seen().field("X-Amzn-Trace-Id"), "") << harmful;
    EXPECT_EQ(seen().field("X-Amz-Invocation-Type"), "RequestResponse");
  }
}

TEST_F(InvokeTest, TheEnvelopeShowsTheAnswersFields) {
  given_ = {200, {{"X-Amz-Executed-Version", "7"}, {"x-amzn-RequestId", "r-1"}, {"X-Amz-Log-Result", "bG9n"}}, "[1]"};
  const auto result = call(invoke(), R"({"FunctionName":"f","Payload":{"p":1},"Qualifier":"7","LogType":"Tail"})");
  ASSERT_TRUE(result.has_value()) << result.error().cause;
  const Json output = result->json();
  EXPECT_EQ(output["ExecutedVersion"], "7");
  EXPECT_EQ(output["LogResult"], "bG9n");
  EXPECT_EQ(output["Payload"], (Json{1}));
  EXPECT_EQ(output["SdkHttpMetadata"]["AllHttpHeaders"]["x-amzn-RequestId"], (Json{"r-1"}));
  EXPECT_EQ(output["SdkHttpMetadata"]["HttpHeaders"]["Content-Length"], "3");
  EXPECT_EQ(output["SdkResponseMetadata"]["RequestId"], "r-1");
  EXPECT_EQ(output["StatusCode"], 200);
  EXPECT_EQ(seen().field("X-Amz-Log-Type"), "Tail");
  EXPECT_EQ(seen().target, "/2015-03-31/functions/f/invocations?Qualifier=7");
}

TEST_F(InvokeTest, APayloadThatIsATextIsSentAsItIs) {
  given_.body = "0";
  call(invoke(), R"({"FunctionName":"f","Payload":"{\"raw\": 1}"})");
  EXPECT_EQ(seen().body, R"({"raw": 1})");
  call(invoke(), R"({"FunctionName":"f","Payload":null})");
  EXPECT_EQ(seen().body, "");
}

TEST_F(InvokeTest, AnEventHasNoPayload) {
  given_.status = 202;
  const auto result = call(invoke(), R"({"FunctionName":"f","InvocationType":"Event"})");
  ASSERT_TRUE(result.has_value());
  EXPECT_EQ(result->json()["StatusCode"], 202);
  EXPECT_FALSE(result->json().contains("Payload"));
  EXPECT_EQ(seen().field("X-Amz-Invocation-Type"), "Event");
}

TEST_F(InvokeTest, AFunctionsErrorIsNamedByItsType) {
  given_ = {200, {{"X-Amz-Function-Error", "Unhandled"}}, R"({"errorType": "Custom", "errorMessage": "m"})"};
  const auto result = call(function("f"), "{}");
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().name, "Custom");
  EXPECT_EQ(result.error().cause, given_.body);
}

TEST_F(InvokeTest, AnErrorWithoutTypeIsUnknown) {
  given_ = {200, {{"X-Amz-Function-Error", "Unhandled"}}, "\"oh\""};
  const auto result = call(function("f"), "{}");
  EXPECT_EQ(result.error().name, "Lambda.Unknown");
  EXPECT_NE(result.error().cause.find("Returned payload: \"oh\""), std::string::npos);
}

TEST_F(InvokeTest, ARefusalKeepsTheServicesWords) {
  given_ = {404,
            {{"X-Amzn-ErrorType", "ResourceNotFoundException:http"}, {"x-amzn-RequestId", "r-9"}},
            R"({"Type":"User","Message":"Function not found: f"})"};
  const auto result = call(function("f"), "{}");
  EXPECT_EQ(result.error().name, "Lambda.ResourceNotFoundException");
  EXPECT_EQ(result.error().cause,
            "Function not found: f (Service: AWSLambda; Status Code: 404; Error Code: ResourceNotFoundException; "
            "Request ID: r-9; Proxy: null)");
}

TEST_F(InvokeTest, TooManyRequestsAndServerErrorsHaveNamesOfTheirOwn) {
  given_ = {429, {}, "slow down"};
  EXPECT_EQ(call(function("f"), "{}").error().name, "Lambda.TooManyRequestsException");
  given_ = {502, {}, ""};
  EXPECT_EQ(call(function("f"), "{}").error().name, "Lambda.ServiceException");
}

TEST_F(InvokeTest, NobodyThereIsAClientError) {
  endpoint_ = "http://127.0.0.1:1";
  const auto result = call(function("f"), "{}");
  EXPECT_EQ(result.error().name, "Lambda.SdkClientException");
  EXPECT_NE(result.error().cause.find("Unable to execute HTTP request"), std::string::npos);
}

TEST_F(InvokeTest, AnAnswerThatIsNoJsonFailsTheTask) {
  given_.body = "<html>";
  EXPECT_EQ(call(function("f"), "{}").error().name, "Lambda.Unknown");
}

TEST_F(InvokeTest, ACallCanBeTakenBack) {
  given_.hang = true;
  auto future = begin(function("f"), "{}");
  dispatcher().cancel("1-2");
  ASSERT_EQ(future.wait_for(30s), std::future_status::ready);
  EXPECT_FALSE(future.get().has_value());
}

TEST_F(InvokeTest, AnAnswerWithoutEndIsCutOff) {
  given_.body = std::string(17 * 1024 * 1024, ' ');
  EXPECT_EQ(call(function("f"), "{}").error().name, "Lambda.SdkClientException");
}

TEST_F(InvokeTest, AHundredCallsShareOneThread) {
  given_.body = "1";
  std::vector<std::future<Result<Payload>>> calls;
  for (int i = 0; i < 100; ++i) calls.push_back(begin(function("f"), "{}"));
  for (auto& each : calls) {
    ASSERT_EQ(each.wait_for(30s), std::future_status::ready);
    EXPECT_TRUE(each.get().has_value());
  }
}

TEST_F(InvokeTest, NamesAreEncodedIntoThePath) {
  given_.body = "1";
  call(invoke(), R"({"FunctionName":"a/../b c"})");
  EXPECT_EQ(seen().target, "/2015-03-31/functions/a%2F..%2Fb%20c/invocations");
}

}  // namespace
}  // namespace stepd::test
