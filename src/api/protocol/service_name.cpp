#include "api/protocol/service_name.h"

#include "base/encoding.h"

#include <algorithm>
#include <array>
#include <utility>

namespace stepd::api {
namespace {

constexpr std::array<std::pair<ServiceName, std::string_view>, 13> kServiceNames{{
    {ServiceName::S3, "s3"},
    {ServiceName::DynamoDb, "dynamodb"},
    {ServiceName::States, "states"},
    {ServiceName::Sns, "sns"},
    {ServiceName::Sts, "sts"},
    {ServiceName::Logs, "logs"},
    {ServiceName::Rekognition, "rekognition"},
    {ServiceName::Ssm, "ssm"},
    {ServiceName::SecretsManager, "secretsmanager"},
    {ServiceName::Lambda, "lambda"},
    {ServiceName::Sqs, "sqs"},
    {ServiceName::Events, "events"},
    {ServiceName::Monitoring, "monitoring"},
}};

// Prefix of X-Amz-Target, up to the dot before the operation.
constexpr std::array<std::pair<ServiceName, std::string_view>, 9> kTargets{{
    {ServiceName::DynamoDb, "DynamoDB_20120810"},
    {ServiceName::States, "AWSStepFunctions"},
    {ServiceName::Logs, "Logs_20140328"},
    {ServiceName::Rekognition, "RekognitionService"},
    {ServiceName::Ssm, "AmazonSSM"},
    {ServiceName::SecretsManager, "secretsmanager"},
    {ServiceName::Sqs, "AmazonSQS"},
    {ServiceName::Events, "AWSEvents"},
    {ServiceName::Monitoring, "GraniteServiceVersion20100801"},
}};

constexpr std::string_view kLambdaPath = "/2015-03-31/functions";
constexpr std::string_view kVersion2 = "AWS ";

ServiceName service_named(std::string_view name) {
  for (const auto& [service, text] : kServiceNames) {
    if (text == name) return service;
  }
  return ServiceName::None;
}

ServiceName service_of_target(std::string_view target) {
  const auto prefix = target.substr(0, target.find('.'));
  for (const auto& [service, text] : kTargets) {
    if (text == prefix) return service;
  }
  return ServiceName::None;
}

std::vector<std::string_view> parts_of(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

/// `KEY/DATE/REGION/SERVICE/aws4_request`; without the region in Signature Version 4A. A key may contain slashes.
std::optional<CredentialScope> read_credential(std::string_view text) {
  auto parts = parts_of(text, '/');
  if (parts.size() < 4 || parts.back() != "aws4_request") return std::nullopt;
  parts.pop_back();
  CredentialScope scope;
  scope.service = parts.back();
  const auto is_date = [](std::string_view part) {
    return part.size() == 8 && part.find_first_not_of("0123456789") == std::string_view::npos;
  };
  const bool regional = !is_date(parts[parts.size() - 2]);
  if (regional && parts.size() < 4) return std::nullopt;
  if (regional) scope.region = parts[parts.size() - 2];
  const auto key_size = static_cast<std::size_t>(parts[parts.size() - (regional ? 3 : 2)].data() - text.data());
  scope.access_key = text.substr(0, key_size == 0 ? 0 : key_size - 1);
  return scope;
}

std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

/// The labels before `name`, without the dot; none if the host is no such name or has no labels before it.
std::optional<std::string> labels_before(std::string_view host, std::string_view name) {
  if (host.size() <= name.size() + 1 || !host.ends_with(name)) return std::nullopt;
  host.remove_suffix(name.size());
  if (host.back() != '.') return std::nullopt;
  host.remove_suffix(1);
  return std::string(host);
}

HostMeaning read_labels(const std::string& labels) {
  const auto parts = parts_of(labels, '.');
  const auto bucket_before = [&](std::size_t count) {
    if (count == 0) return std::string();
    const auto& last = parts[count - 1];
    return labels.substr(0, static_cast<std::size_t>(last.data() + last.size() - labels.data()));
  };
  const auto size = parts.size();
  if (parts[size - 1] == "s3" || parts[size - 1].starts_with("s3-")) return {ServiceName::S3, bucket_before(size - 1)};
  if (size >= 2 && parts[size - 2] == "s3") return {ServiceName::S3, bucket_before(size - 2)};
  if (size <= 2) {
    if (const auto service = service_named(parts[0]); service != ServiceName::None) return {service, ""};
  }
  return {ServiceName::S3, labels};
}

}  // namespace

std::string_view to_text(ServiceName service) {
  for (const auto& [known, text] : kServiceNames) {
    if (known == service) return text;
  }
  return {};
}

std::optional<CredentialScope> credential_scope(const Request& request) {
  const auto field = request.field("authorization");
  if (field.starts_with(kVersion2)) {
    const auto rest = field.substr(kVersion2.size());
    return CredentialScope{std::string(rest.substr(0, rest.find(':'))), "", "s3", false};
  }
  if (field.starts_with("AWS4-")) {
    constexpr std::string_view kCredential = "Credential=";
    const auto at = field.find(kCredential);
    if (at == std::string_view::npos) return std::nullopt;
    const auto rest = field.substr(at + kCredential.size());
    return read_credential(rest.substr(0, rest.find_first_of(", ")));
  }
  if (!field.empty() || request.query.empty()) return std::nullopt;
  if (const auto credential = request.parameter("X-Amz-Credential")) {
    auto scope = read_credential(*credential);
    if (scope) scope->in_query = true;
    return scope;
  }
  const auto key = request.parameter("AWSAccessKeyId");
  if (key && request.parameter("Signature")) return CredentialScope{*key, "", "s3", true};
  return std::nullopt;
}

HostMeaning read_host(std::string_view host, const std::vector<std::string>& hosts) {
  const auto name = to_lower(without_port(host));
  // The longest name that fits: `s3.example` may be listed beside `example`.
  std::optional<std::string> labels = labels_before(name, "localhost");
  for (const auto& known : hosts) {
    const auto allowed = to_lower(without_port(known));
    if (name == allowed) return {};
    auto found = labels_before(name, allowed);
    if (found && (!labels || found->size() < labels->size())) labels = std::move(found);
  }
  return labels ? read_labels(*labels) : HostMeaning{};
}

ServiceName service_of(const Request& request, const std::vector<std::string>& hosts) {
  if (const auto target = request.field("x-amz-target"); !target.empty()) {
    if (const auto service = service_of_target(target); service != ServiceName::None) return service;
  }
  if (const auto scope = credential_scope(request)) return service_named(scope->service);
  if (const auto meant = read_host(request.field("host"), hosts); meant.service != ServiceName::None) {
    return meant.service;
  }
  if (request.path.starts_with(kLambdaPath)) return ServiceName::Lambda;
  return ServiceName::None;
}

}  // namespace stepd::api
