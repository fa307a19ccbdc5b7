// Requests to other servers, many at once on one thread. It does not interpret
// what HTTP carries, follows no redirect and retries nothing.
#pragma once

#include "base/result.h"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace stepd::tasks {

using HttpFields = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method = "POST";
  std::string url;    ///< http or https
  HttpFields fields;  ///< may hold what others say; see Http.InvalidRequest
  std::string body;
  std::chrono::milliseconds timeout{0};  ///< for all of it; 0: none, and whoever sends it cancels it
};

struct HttpResponse {
  int status = 0;
  HttpFields fields;  ///< in the order and with the case they came
  std::string body;

  /// The first field of that name, without regard to case; empty if there is none.
  std::string field(std::string_view name) const;
};

/// Thread: any.
class HttpClient {
 public:
  struct Limits {
    std::chrono::milliseconds connect{5'000};
    std::size_t response_bytes = 16 * 1024 * 1024;
    long connections = 256;  ///< at once; further requests wait
  };

  explicit HttpClient(Limits limits);
  HttpClient() : HttpClient(Limits{}) {}
  /// What is under way is answered `Http.Cancelled`.
  ~HttpClient();

  /// `on_done` runs once, on the client's thread; it must neither block nor throw. Errors: `Http.Failed` (no answer;
  /// the cause says why), `Http.InvalidRequest` (nothing was sent: the method or a field would break the head),
  /// `Http.TooLarge`, `Http.Cancelled`. `id` names the request for cancel().
  void send(std::string id, HttpRequest request, std::function<void(Result<HttpResponse>)> on_done);

  /// One that is not there is ignored.
  void cancel(const std::string& id);

 private:
  struct Room;
  std::unique_ptr<Room> room_;
};

}  // namespace stepd::tasks
