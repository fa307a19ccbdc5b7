// A client that puts load on an HTTP server: many connections on one thread, each with one request under way.
#pragma once

#include <cstdint>
#include <string>

namespace stepd::bench {

struct Load {
  double per_second = 0;
  double median_ms = 0;
  double p99_ms = 0;
};

/// Sends `request` over and over, `requests` times in all. Throws std::runtime_error on an answer that is not 200.
Load put_load(std::uint16_t port, const std::string& request, int connections, int requests);

/// One answer, head and body.
std::string answer_to(std::uint16_t port, const std::string& request);

}  // namespace stepd::bench
