// aws-sdk:s3:putObject: object.put of Body as JSON, a text in its quotation marks too, as AWS writes it.
// Source: S3 API reference, PutObject. Without a Body the object is empty.
#include "base/encoding.h"
#include "services/integrations/s3/s3_call.h"

#include <array>
#include <boost/crc.hpp>
#include <nlohmann/json.hpp>

namespace stepd::services::integrations {
namespace {

constexpr std::array<std::string_view, 1> kIfNoneMatch{"*"};

/// As S3 shows it: four bytes in base64, the first one first.
std::string crc_of(const std::string& body) {
  boost::crc_32_type crc;
  crc.process_bytes(body.data(), body.size());
  const auto sum = crc.checksum();
  std::string bytes;
  for (const int shift : {24, 16, 8, 0}) bytes += static_cast<char>(sum >> shift);
  return to_base64(bytes);
}

Result<HandlerCall> translate(tasks::Arguments& parameters) {
  Json event = s3::place_of(parameters);
  s3::read_headers(parameters, event);
  const Json* given = parameters.optional_any("Body");
  const auto body = given == nullptr ? std::string() : print_json(*given);
  event["text"] = body;
  if (parameters.optional_choice("IfNoneMatch", kIfNoneMatch)) event["overwrite"] = "refuse";
  auto shape = [crc = crc_of(body)](const Json& result) {
    return Json{{"ChecksumCRC32", crc}, {"ChecksumType", "FULL_OBJECT"}, {"ETag", s3::quoted_etag(result)}};
  };
  return HandlerCall{"object.put", Payload(std::move(event)), std::move(shape)};
}

void start(const Workbench& bench, run::TaskCall call) { s3::call_object_handler(bench, std::move(call), translate); }

}  // namespace

extern const Integration s3_put_object{"aws-sdk:s3:putObject", start};

}  // namespace stepd::services::integrations
