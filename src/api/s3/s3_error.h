// The errors of S3 as its clients see them: AWS's codes and messages, and the statuses that belong to them.
// Source: Amazon S3 API Reference, "List of error codes".
#pragma once

#include "base/result.h"

#include <boost/system/result.hpp>

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stepd::api::s3 {

struct S3Error {
  S3Error() = default;
  S3Error(int http_status, std::string error_code, std::string text)
      : status(http_status), code(std::move(error_code)), message(std::move(text)) {}
  /// An error of the store. What clients should not learn becomes InternalError.
  S3Error(const AslError& error);  // NOLINT(google-explicit-constructor): STEPD_TRY passes the store's errors on

  S3Error&& with(std::string name, std::string value) &&;

  int status = 500;
  std::string code;
  std::string message;
  std::vector<std::pair<std::string, std::string>> elements;  ///< behind Code and Message
};

[[noreturn]] inline void throw_exception_from_error(const S3Error& error, const boost::source_location&) {
  throw std::logic_error(error.code + ": " + error.message);
}

template <class T>
using S3Result = boost::system::result<T, S3Error>;

S3Error no_such_bucket(const std::string& bucket);
S3Error no_such_key(const std::string& key);
S3Error no_such_upload(const std::string& id);
S3Error invalid_argument(std::string message, const std::string& name = "", const std::string& value = "");
S3Error invalid_request(std::string message);
S3Error malformed_xml();
S3Error precondition_failed(const std::string& condition);
/// 501 for a header field or a parameter that S3 would act upon.
S3Error not_implemented(const std::string& name);
S3Error internal_error();

}  // namespace stepd::api::s3
