#include "tasks/object/object_checksum.h"

#include "base/digest.h"
#include "base/encoding.h"

#include <vector>

namespace stepd::tasks {
namespace {

constexpr std::size_t kPieceBytes = std::size_t{256} * 1024;

}  // namespace

Result<std::string> checksum_of(ObjectReader& reader, std::size_t kind) {
  constexpr std::array<DigestKind, kChecksums.size()> kKinds{DigestKind::Md5, DigestKind::Sha1, DigestKind::Sha256};
  auto digest = Digest::begin(kKinds.at(kind));
  if (!digest) {
    return AslError{"Object.Failed", "The checksum " + std::string(kChecksums.at(kind)) + " cannot be made."};
  }
  std::vector<char> piece(kPieceBytes);
  for (;;) {
    STEPD_TRY(const std::size_t count, reader.read(piece.data(), piece.size()));
    if (count == 0) return to_hex(digest->finish());
    digest->add({piece.data(), count});
  }
}

}  // namespace stepd::tasks
