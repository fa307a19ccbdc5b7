#include "base/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <stdexcept>
#include <utility>

namespace stepd {
namespace {

const EVP_MD* algorithm_of(DigestKind kind) {
  switch (kind) {
    case DigestKind::Md5:
      return EVP_md5();
    case DigestKind::Sha1:
      return EVP_sha1();
    case DigestKind::Sha256:
      return EVP_sha256();
    case DigestKind::Sha384:
      return EVP_sha384();
    case DigestKind::Sha512:
      return EVP_sha512();
  }
  return nullptr;
}

Digest begin_sha256() {
  auto digest = Digest::begin(DigestKind::Sha256);
  if (!digest) throw std::runtime_error("SHA-256 is not available");
  return *std::move(digest);
}

}  // namespace

struct Digest::Context {
  EVP_MD_CTX* evp = EVP_MD_CTX_new();

  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() { EVP_MD_CTX_free(evp); }
};

void Digest::FreeContext::operator()(Context* context) const { delete context; }

Digest::Digest(std::unique_ptr<Context, FreeContext> context) : context_(std::move(context)) {}

std::optional<Digest> Digest::begin(DigestKind kind) {
  std::unique_ptr<Context, FreeContext> context(new Context);
  if (context->evp == nullptr || EVP_DigestInit_ex(context->evp, algorithm_of(kind), nullptr) != 1) return std::nullopt;
  return Digest(std::move(context));
}

// Neither of OpenSSL's two calls fails for a context that was begun, other than by misuse.
void Digest::add(std::string_view bytes) {
  if (EVP_DigestUpdate(context_->evp, bytes.data(), bytes.size()) != 1) throw std::runtime_error("EVP_DigestUpdate");
}

void Digest::add_part(std::string_view part) {
  add(std::to_string(part.size()) + ":");
  add(part);
}

std::string Digest::finish() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes;
  unsigned size = 0;
  if (EVP_DigestFinal_ex(context_->evp, bytes.data(), &size) != 1) throw std::runtime_error("EVP_DigestFinal_ex");
  return {bytes.begin(), bytes.begin() + size};
}

std::optional<std::string> digest_of(DigestKind kind, std::string_view bytes) {
  auto digest = Digest::begin(kind);
  if (!digest) return std::nullopt;
  digest->add(bytes);
  return digest->finish();
}

std::string sha256(std::string_view bytes) {
  auto digest = begin_sha256();
  digest.add(bytes);
  return digest.finish();
}

std::string sha256_of_parts(std::initializer_list<std::string_view> parts) {
  auto digest = begin_sha256();
  for (const auto part : parts) digest.add_part(part);
  return digest.finish();
}

std::string hmac_sha256(std::string_view key, std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes;
  unsigned size = 0;
  const auto* given = reinterpret_cast<const unsigned char*>(text.data());
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), given, text.size(), bytes.data(), &size) == nullptr)
    throw std::runtime_error("HMAC-SHA-256 is not available");
  return {bytes.begin(), bytes.begin() + size};
}

}  // namespace stepd
