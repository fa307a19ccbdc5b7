#include "base/digest.h"

#include "base/encoding.h"

#include <gtest/gtest.h>

namespace stepd::test {
namespace {

// FIPS 180-4 and RFC 1321, the examples for "abc".
TEST(Digest, IsThatOfTheStandard) {
  const std::pair<DigestKind, const char*> expected[] = {
      {DigestKind::Md5, "900150983cd24fb0d6963f7d28e17f72"},
      {DigestKind::Sha1, "a9993e364706816aba3e25717850c26c9cd0d89d"},
      {DigestKind::Sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {DigestKind::Sha384,
       "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"},
      {DigestKind::Sha512,
       "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
       "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"}};
  for (const auto& [kind, hex] : expected) EXPECT_EQ(to_hex(digest_of(kind, "abc").value()), hex);
}

TEST(Digest, IsTheSameInOnePieceAndInMany) {
  auto pieces = Digest::begin(DigestKind::Sha256);
  ASSERT_TRUE(pieces);
  pieces->add("a");
  pieces->add("");
  pieces->add("bc");
  EXPECT_EQ(pieces->finish(), sha256("abc"));
}

TEST(Digest, OfPartsTellsWhereOneEnds) {
  EXPECT_EQ(sha256_of_parts({"a", "bc"}), sha256("1:a2:bc"));
  EXPECT_NE(sha256_of_parts({"a", "bc"}), sha256_of_parts({"ab", "c"}));
  EXPECT_NE(sha256_of_parts({"a"}), sha256_of_parts({"a", ""}));
}

// RFC 4231, test case 2.
TEST(Digest, TakesAKey) {
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

}  // namespace
}  // namespace stepd::test
