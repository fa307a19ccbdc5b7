#include "engine/core/token.h"

#include "base/digest.h"
#include "base/encoding.h"

#include <openssl/crypto.h>

#include <charconv>
#include <vector>

namespace stepd::core {
namespace {

constexpr std::string_view kFirst = "stepd1";
constexpr char kDivider = '\n';  // in no ARN
constexpr std::size_t kParts = 5;
constexpr std::size_t kProofBytes = 16;
constexpr std::size_t kProofChars = 22;  // of base64url
constexpr std::size_t kTokenChars = 2'048;

std::string place_of(FrameId frame, EventNumber number) {
  return std::to_string(static_cast<std::uint32_t>(frame)) + kDivider + std::to_string(number);
}

std::string proof_of(const std::string& secret, const std::string& place) {
  return to_base64url(hmac_sha256(secret, place).substr(0, kProofBytes));
}

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto divider = text.find(kDivider);
    parts.push_back(text.substr(0, divider));
    if (divider == std::string_view::npos) return parts;
    text.remove_prefix(divider + 1);
  }
}

std::optional<std::uint32_t> number_of(std::string_view text) {
  std::uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

}  // namespace

std::string task_token(const Execution& execution, FrameId frame, EventNumber number) {
  const auto& who = execution.identity();
  const auto place = place_of(frame, number);
  std::string text(kFirst);
  text += kDivider;
  text += who.arn + kDivider + place + kDivider + proof_of(who.secret, place);
  return to_base64url(text);
}

std::optional<TaskToken> read_task_token(std::string_view text) {
  if (text.empty() || text.size() > kTokenChars) return std::nullopt;
  const auto bytes = from_base64url(text);
  if (!bytes) return std::nullopt;
  const auto parts = split(*bytes);
  if (parts.size() != kParts || parts[0] != kFirst) return std::nullopt;
  const auto frame = number_of(parts[2]);
  const auto number = number_of(parts[3]);
  if (!frame || !number || parts[1].empty() || parts[4].size() != kProofChars) return std::nullopt;
  return TaskToken{std::string(parts[1]), FrameId{*frame}, *number, std::string(parts[4])};
}

bool is_proven(const TaskToken& token, const Identity& identity) {
  if (identity.secret.empty() || token.execution_arn != identity.arn) return false;
  const auto expected = proof_of(identity.secret, place_of(token.frame, token.number));
  return token.proof.size() == expected.size() &&
         CRYPTO_memcmp(token.proof.data(), expected.data(), expected.size()) == 0;
}

}  // namespace stepd::core
