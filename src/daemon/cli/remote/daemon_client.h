// DaemonClient: how commands talk to a daemon that runs, over its HTTP API as any other client does.
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "tasks/http/http_client.h"

#include <functional>
#include <string>
#include <string_view>

namespace stepd::daemon {

/// Thread: one.
class DaemonClient {
 public:
  /// `endpoint` is `http://HOST:PORT`, without a path.
  explicit DaemonClient(std::string endpoint);

  /// An operation of Step Functions. Errors: AWS's name of the exception, `Http.Failed` and the like (HttpClient), or
  /// `Http.Unexpected` for an answer that is not the API's.
  Result<Json> call(std::string_view operation, const Json& arguments);
  /// An operation of another service that speaks AWS's JSON protocol: `target` is all of X-Amz-Target.
  Result<Json> call_service(std::string_view target, const Json& arguments);
  /// Each page of a list until `each` answers false or the last one; `arguments` get the nextToken.
  Result<void> pages(std::string_view operation, Json arguments, const std::function<bool(const Json& page)>& each);
  /// The body of a GET that is answered with 200.
  Result<std::string> get(const std::string& path);

  const std::string& endpoint() const { return endpoint_; }

 private:
  Result<tasks::HttpResponse> send(tasks::HttpRequest request);

  std::string endpoint_;
  tasks::HttpClient http_;
};

}  // namespace stepd::daemon
