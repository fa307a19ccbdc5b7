#include "tasks/object/digest.h"

#include <openssl/evp.h>

#include <memory>
#include <vector>

namespace stepd::tasks {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{256} * 1024;

}  // namespace

Result<std::string> digest_of(ObjectReader& reader, std::size_t digest) {
  const std::array<const EVP_MD*, kDigests.size()> kinds{EVP_md5(), EVP_sha1(), EVP_sha256()};
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  const AslError impossible{"Object.Failed", "The checksum " + std::string(kDigests.at(digest)) + " cannot be made."};
  if (!context || EVP_DigestInit_ex(context.get(), kinds.at(digest), nullptr) != 1) return impossible;
  std::vector<char> piece(kPieceBytes);
  for (;;) {
    STEPD_TRY(const std::size_t count, reader.read(piece.data(), piece.size()));
    if (count == 0) break;
    if (EVP_DigestUpdate(context.get(), piece.data(), count) != 1) return impossible;
  }
  std::array<unsigned char, EVP_MAX_MD_SIZE> bytes;
  unsigned size = 0;
  if (EVP_DigestFinal_ex(context.get(), bytes.data(), &size) != 1) return impossible;
  std::string text;
  for (unsigned i = 0; i < size; ++i) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    text += kDigits[bytes[i] >> 4];
    text += kDigits[bytes[i] & 15];
  }
  return text;
}

}  // namespace stepd::tasks
