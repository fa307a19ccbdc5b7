// A small HTTP server for tests, on a free port of the loopback: answers by a function of the test's.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace stepd::test {

struct SeenRequest {
  std::string method;
  std::string target;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;

  std::string field(const std::string& name) const;
};

struct DoubleAnswer {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> fields;
  std::string body;
  bool hang = false;  ///< says nothing until the client has gone
};

class HttpDouble {
 public:
  using Answer = std::function<DoubleAnswer(const SeenRequest&)>;
  /// `answer` runs on one thread per connection.
  explicit HttpDouble(Answer answer);
  ~HttpDouble();

  std::string url() const;

 private:
  struct Room;
  std::unique_ptr<Room> room_;
};

}  // namespace stepd::test
