#include "api/s3/s3_routes.h"

#include "api/aws/aws_doors.h"
#include "api/protocol/caller.h"
#include "api/protocol/service_name.h"
#include "api/s3/presigned.h"
#include "api/s3/s3_body.h"
#include "api/s3/s3_operation.h"
#include "api/s3/xml_writer.h"
#include "base/digest.h"
#include "base/encoding.h"
#include "base/guarded.h"
#include "base/limits.h"

#include <spdlog/spdlog.h>
#include <algorithm>
#include <memory>
#include <utility>

namespace stepd::api::s3 {
namespace {

Response error_answer(const S3Error& error, const std::string& request_id, const std::string& resource) {
  XmlWriter xml("Error", XmlWriter::Namespace::None);
  xml.text("Code", error.code).text("Message", error.message);
  for (const auto& [name, value] : error.elements) xml.text(name, value);
  if (!resource.empty()) xml.text("Resource", resource);
  xml.text("RequestId", request_id).text("HostId", to_base64(sha256(request_id)));
  Response response;
  response.status = error.status;
  response.fields.push_back({"Content-Type", "application/xml"});
  response.body = xml.finish();
  return response;
}

/// The server itself refuses a request before an operation is known.
Response refuse(int status, std::string_view reason) {
  const char* code = status == 413   ? "EntityTooLarge"
                     : status == 403 ? "AccessDenied"
                     : status == 405 ? "MethodNotAllowed"
                     : status == 408 ? "RequestTimeout"
                     : status == 503 ? "SlowDown"
                     : status >= 500 ? "InternalError"
                                     : "InvalidRequest";
  return error_answer(S3Error(status == 413 ? 400 : status, code, std::string(reason)), "", "");
}

/// Every answer of S3 has these; a HEAD that fails has no document.
Response finished(Response response, const S3Call& call) {
  response.fields.push_back({"x-amz-request-id", call.request.id});
  response.fields.push_back({"x-amz-id-2", to_base64(sha256(call.request.id))});
  if (call.request.method == "HEAD" || response.status == 304) response.body.clear();
  return response;
}

Response finished(const S3Error& error, const S3Call& call) {
  auto response = error_answer(error, call.request.id, "");
  if (error.status >= 500) spdlog::debug("s3: {} {} ({})", error.code, error.message, call.request.id);
  return finished(std::move(response), call);
}

/// Passes the body on to an operation and makes its answers S3's. What an operation throws is an internal error.
class AnsweringSink final : public BodySink {
 public:
  AnsweringSink(std::shared_ptr<const S3Call> call, std::unique_ptr<S3Sink> sink)
      : call_(std::move(call)), sink_(std::move(sink)) {}

  std::optional<Response> write(std::string_view piece) override {
    S3Result<void> written = internal_error();
    run_guarded("S3", [&] { written = sink_->write(piece); });
    if (written.has_value()) return std::nullopt;
    return finished(written.error(), *call_);
  }

  Response finish() override {
    S3Result<Response> answer = internal_error();
    run_guarded("S3", [&] { answer = sink_->finish(); });
    return answer.has_value() ? finished(*std::move(answer), *call_) : finished(answer.error(), *call_);
  }

 private:
  std::shared_ptr<const S3Call> call_;  // before the sink, which refers to it
  std::unique_ptr<S3Sink> sink_;
};

/// Takes a body that nobody wants, so that the connection can go on.
class DroppingSink final : public S3Sink {
 public:
  explicit DroppingSink(Response response) : response_(std::move(response)) {}
  S3Result<void> write(std::string_view) override { return {}; }
  S3Result<Response> finish() override { return std::move(response_); }

 private:
  Response response_;
};

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto lead = static_cast<unsigned char>(text[i]);
    const std::size_t length = lead < 0x80                   ? 1
                               : lead >= 0xC2 && lead < 0xE0 ? 2
                               : lead >= 0xE0 && lead < 0xF0 ? 3
                               : lead >= 0xF0 && lead < 0xF5 ? 4
                                                             : 0;
    if (length == 0 || i + length > text.size()) return false;
    for (std::size_t k = 1; k < length; ++k) {
      if ((static_cast<unsigned char>(text[i + k]) & 0xC0U) != 0x80U) return false;
    }
    i += length;
  }
  return true;
}

S3Result<void> check_call(const S3Call& call, const S3Context& context) {
  STEPD_CHECK(check_presigned(call, context.clock.now()));
  if (!is_utf8(call.key)) return S3Error(400, "InvalidURI", "Couldn't parse the specified URI.");
  if (call.key.size() > limits::kObjectKeyBytes) {
    return S3Error(400, "KeyTooLongError", "Your key is too long")
        .with("Size", std::to_string(call.key.size()))
        .with("MaxSizeAllowed", std::to_string(limits::kObjectKeyBytes));
  }
  const auto version = call.parameter("versionId").value_or("");
  if (!version.empty() && version != "null") {
    return invalid_argument("Invalid version id specified", "versionId", version);
  }
  const auto owner = call.field("x-amz-expected-bucket-owner");
  if (owner.empty()) return {};
  if (owner.size() != 12 || owner.find_first_not_of("0123456789") != std::string_view::npos) {
    return S3Error(400, "InvalidBucketOwnerAWSAccountID",
                   "The value of the expected bucket owner parameter must be an AWS account ID");
  }
  if (owner != context.account) return S3Error(403, "AccessDenied", "Access Denied");
  return {};
}

/// A browser asks whether a page of another origin may send a request; no bucket allows that.
S3Error preflight(const S3Call& call) {
  if (!call.has_field("origin")) return {400, "BadRequest", "Insufficient information. Origin request header needed."};
  return {403, "AccessForbidden", "CORSResponse: CORS is not enabled for this bucket."};
}

S3Result<S3Opened> open_call(const S3Call& call, const S3Context& context) {
  if (call.request.method == "OPTIONS") return preflight(call);
  STEPD_CHECK(check_call(call, context));
  STEPD_TRY(const S3Operation* operation, find_operation(call));
  auto opened = operation->open(call, context);
  if (!opened.has_value() && opened.error().code == "NoSuchBucket" && opened.error().elements.empty()) {
    return no_such_bucket(call.bucket);
  }
  return opened;
}

OpenedSink open_request(const Request& request, const std::shared_ptr<const S3Context>& context,
                        const std::vector<std::string>& hosts) {
  const auto host = read_host(request.field("host"), hosts);
  const auto call = std::make_shared<S3Call>(request, host.service == ServiceName::S3 ? host.bucket : "");
  call->caller = lineage_of_caller(request, context->doors);
  S3Result<S3Opened> opened = internal_error();
  run_guarded("S3", [&] { opened = open_call(*call, *context); });
  if (!opened.has_value()) return finished(opened.error(), *call);
  if (auto* sink = std::get_if<std::unique_ptr<S3Sink>>(&*opened)) {
    return std::make_unique<AnsweringSink>(call, std::move(*sink));
  }
  auto& response = std::get<Response>(*opened);
  const bool has_body = request.content_length.value_or(0) > 0 || request.has_field("transfer-encoding");
  if (!has_body) return finished(std::move(response), *call);
  return std::make_unique<AnsweringSink>(call, std::make_unique<DroppingSink>(std::move(response)));
}

Claim claim_of(const Request& request, const std::vector<std::string>& hosts, const ObjectStore& objects) {
  const auto service = service_of(request, hosts);
  if (service == ServiceName::S3) return Claim::Whole;
  if (service != ServiceName::None || credential_scope(request)) return Claim::Nothing;
  const auto first = std::string_view(request.path).substr(1, request.path.find('/', 1) - 1);
  return objects.has_bucket(first) ? Claim::Unmatched : Claim::Nothing;
}

}  // namespace

void add_s3(const Backend& backend, const S3Options& options, const std::vector<std::string>& allowed_hosts,
            std::uint64_t object_bytes_max, Router& router) {
  ObjectStore& objects = backend.objects.every_key();
  const auto context = std::make_shared<const S3Context>(
      S3Context{objects, objects.uploads(), backend.clock, options.region, options.account,
                to_hex(sha256("account " + options.account)), object_bytes_max, doors_of(backend)});
  std::vector<Route> routes;
  for (const char* method : {"GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS"}) {
    Route route;
    route.method = method;
    route.pattern = "/{path...}";
    // Framing and a checksum come on top of an object.
    const bool takes_body = route.method == "PUT" || route.method == "POST";
    route.body_bytes_max = takes_body ? object_bytes_max + object_bytes_max / 64 + 65'536 : 0;
    route.decodes_bodies = true;
    route.refuse = refuse;
    route.open_sink = [context, allowed_hosts](const Request& request) {
      return open_request(request, context, allowed_hosts);
    };
    routes.push_back(std::move(route));
  }
  router.add_rest(
      [allowed_hosts, &objects](const Request& request) { return claim_of(request, allowed_hosts, objects); },
      std::move(routes));
}

}  // namespace stepd::api::s3
