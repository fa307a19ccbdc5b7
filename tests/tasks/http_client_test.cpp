// What leaves this machine as an HTTP request's head, above all of texts that others have written.
#include "tasks/http/http_client.h"
#include "support/http_double.h"

#include <gmock/gmock.h>

#include <atomic>
#include <future>

namespace stepd::test {
namespace {

using namespace std::string_literals;
using testing::HasSubstr;
using testing::Not;

class HttpClientTest : public testing::Test {
 protected:
  HttpClientTest()
      : server_([this](const SeenRequest& request) {
          ++requests_;
          seen_ = request;
          return DoubleAnswer{200, {}, "{}"};
        }) {}

  Result<tasks::HttpResponse> send(tasks::HttpRequest request) {
    request.url = server_.url();
    std::promise<Result<tasks::HttpResponse>> answered;
    client_.send("id", std::move(request), [&](Result<tasks::HttpResponse> answer) { answered.set_value(answer); });
    return answered.get_future().get();
  }

  std::atomic<int> requests_{0};
  SeenRequest seen_;
  HttpDouble server_;
  tasks::HttpClient client_;
};

TEST_F(HttpClientTest, SendsItsFieldsAsTheyAre) {
  tasks::HttpRequest request;
  request.fields = {{"X-Amz-Client-Context", "a: b; caf\xC3\xA9"}};
  ASSERT_TRUE(send(request).has_value());
  EXPECT_EQ(seen_.field("X-Amz-Client-Context"), "a: b; caf\xC3\xA9");
}

TEST_F(HttpClientTest, SendsNothingIfAFieldWouldBeginAnother) {
  for (const auto& value : {"secret\r\nX-Injected: yes"s, "secret\nX-Injected: yes"s, "secret\rX"s, "secret\0X"s}) {
    tasks::HttpRequest request;
    request.fields = {{"X-Amz-Log-Type", value}};
    const auto answer = send(request);
    ASSERT_FALSE(answer.has_value()) << value;
    EXPECT_EQ(answer.error().name, "Http.InvalidRequest");
    EXPECT_THAT(answer.error().cause, HasSubstr("X-Amz-Log-Type"));
    EXPECT_THAT(answer.error().cause, Not(HasSubstr("secret")));
  }
  tasks::HttpRequest named;
  named.fields = {{"A: 1\r\nB", "2"}};
  EXPECT_EQ(send(named).error().name, "Http.InvalidRequest");
  tasks::HttpRequest asked;
  asked.method = "GET / HTTP/1.1\r\nX-Injected: yes\r\n\r\nGET";
  EXPECT_EQ(send(asked).error().name, "Http.InvalidRequest");
  EXPECT_EQ(requests_, 0);
}

TEST_F(HttpClientTest, StillSendsAfterARequestThatItRefused) {
  tasks::HttpRequest request;
  request.fields = {{"A", "\n"}};
  ASSERT_FALSE(send(request).has_value());
  EXPECT_TRUE(send({}).has_value());
}

}  // namespace
}  // namespace stepd::test
