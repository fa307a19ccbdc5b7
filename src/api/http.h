// A request and its answer as routes see them, whatever carries them. No socket, no parser and no route is known here.
#pragma once

#include "base/guarded.h"
#include "base/json.h"
#include "base/result.h"

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace stepd::api {

struct Field {
  std::string name;
  std::string value;
};

/// A request whose head passed the guard.
struct Request {
  std::string id;      ///< the x-amzn-RequestId of its answer
  std::string method;  ///< upper case
  std::string path;    ///< as sent, still percent-encoded, without the query
  std::string query;   ///< as sent, without the `?`
  std::vector<Field> fields;
  std::optional<std::uint64_t> content_length;
  std::map<std::string, std::string> captures;  ///< what the route's {names} matched, decoded
  std::string body;                             ///< empty on a route that takes the body in pieces

  /// The first field of that name, in any case; empty if there is none.
  std::string_view field(std::string_view name) const;
  bool has_field(std::string_view name) const;
  /// A decoded query parameter; the last one wins.
  std::optional<std::string> parameter(std::string_view name) const;
  /// The content type in lower case without its parameters.
  std::string media_type() const;
};

/// A body that is sent in pieces. Thread: a worker, one call at a time.
class BodySource {
 public:
  virtual ~BodySource() = default;
  virtual std::uint64_t size() const = 0;
  /// Up to `size` bytes into `buffer`; fewer than size() in sum breaks the connection.
  virtual Result<std::size_t> read(void* buffer, std::size_t size) = 0;
};

/// A body without an end, sent in pieces as they come (server-sent events). Thread: any; nothing here may block.
class Feed {
 public:
  virtual ~Feed() = default;
  /// `news`: next() may have something. It is called at most once between two calls of next().
  virtual void open(std::function<void()> news) = 0;
  /// What is to be sent now; empty: nothing at present. None: the body ends.
  virtual std::optional<std::string> next() = 0;
  /// `news` is not called any more.
  virtual void close() = 0;
};

/// Tells whoever answered when the client cannot have got the answer: it is destroyed without having been signed.
class Receipt {
 public:
  explicit Receipt(std::function<void()> lost) : lost_(std::move(lost)) {}
  Receipt(const Receipt&) = delete;
  Receipt& operator=(const Receipt&) = delete;
  ~Receipt() {
    if (lost_) run_guarded("a receipt", lost_);
  }
  /// The answer is on its way.
  void sign() { lost_ = nullptr; }

 private:
  std::function<void()> lost_;
};

struct Response {
  int status = 200;
  std::vector<Field> fields;
  std::string body;
  std::unique_ptr<BodySource> source;  ///< instead of `body`
  std::shared_ptr<Feed> feed;          ///< instead of `body`: the connection ends with it
  bool close = false;                  ///< end the connection after this answer
  std::shared_ptr<Receipt> receipt;    ///< may be null
};

/// A body that is taken in pieces. Thread: a worker, one call at a time. Destroyed without finish(): the client went.
class BodySink {
 public:
  virtual ~BodySink() = default;
  /// A response ends the request before its body is complete.
  virtual std::optional<Response> write(std::string_view piece) = 0;
  virtual Response finish() = 0;
};

using OpenedSink = std::variant<std::unique_ptr<BodySink>, Response>;

/// The one answer to one request. Thread: any; the first call counts. If every copy is gone unanswered, the client
/// gets 500. Copies may outlive the server: the answer then goes nowhere.
class Reply {
 public:
  explicit Reply(std::function<void(Response)> deliver, std::function<void(std::function<void()>)> watch = {});
  void operator()(Response response) const;
  /// Calls `gone`, on a thread of the server's, if the client leaves before it is answered; it must not block. Once per
  /// request.
  void on_leaving(std::function<void()> gone) const;

 private:
  class Once;
  std::shared_ptr<Once> once_;
};

/// Threads for what blocks on a disk. Thread: any.
class Workers {
 public:
  virtual ~Workers() = default;
  virtual void post(std::function<void()> work) = 0;
};

/// An answer with a JSON body.
Response json_response(int status, const Json& body);
/// `{"error": reason}`, the form in which routes other than the AWS protocol say no.
Response error_response(int status, std::string_view reason);

bool equal_ignoring_case(std::string_view a, std::string_view b);
std::string to_lower(std::string_view text);

}  // namespace stepd::api
