// Asks a running daemon how executions stand. It starts none.
#pragma once

#include "tasks/http/http_client.h"

#include <cstdint>
#include <string>
#include <vector>

namespace stepd::daemon {

struct Standing {
  enum class Kind : std::uint8_t { Unknown, Absent, Running, Succeeded, Failed };
  Kind kind = Kind::Unknown;  ///< Unknown: the daemon does not answer
  std::string why;            ///< of Failed
};

/// Thread: one; calls block for at most ten seconds.
class Outcomes {
 public:
  /// `url` as `http://127.0.0.1:8083`.
  explicit Outcomes(std::string url) : url_(std::move(url)) {}

  const std::string& url() const { return url_; }
  /// Whether a daemon is there.
  bool answers();
  /// In the order of `arns`.
  std::vector<Standing> ask(const std::vector<std::string>& arns);

 private:
  std::vector<Result<tasks::HttpResponse>> send(std::vector<tasks::HttpRequest> requests);

  const std::string url_;
  tasks::HttpClient http_;
};

}  // namespace stepd::daemon
