// Packed texts: what went in comes out, and hostile bytes cost one refusal.
#include "base/packed_text.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <thread>
#include <vector>

namespace stepd {
namespace {

constexpr std::size_t kMax = 1'000'000;

std::string noise(std::size_t size) {
  std::mt19937 random(7);
  std::string bytes;
  for (std::size_t i = 0; i < size; ++i) bytes += static_cast<char>(random());
  return bytes;
}

std::string repetitive(std::size_t size) {
  std::string text;
  while (text.size() < size) text += R"({"i":1,"v":"x1"},)";
  text.resize(size);
  return text;
}

TEST(PackedText, GivesBackWhatWasPacked) {
  for (const std::size_t size : {0u, 1u, 1'023u, 1'024u, 1'025u, 5'000u, 182'000u}) {
    for (const auto& text : {repetitive(size), noise(size)}) {
      const auto packed = pack_text(text);
      EXPECT_LE(packed.size(), text.size() + 1);
      EXPECT_EQ(unpack_text(packed, kMax), text) << size;
    }
  }
}

TEST(PackedText, IsCompressedFromItsSmallestSizeOnAndWhereThatIsSmaller) {
  EXPECT_EQ(pack_text(repetitive(kPackedFromBytes - 1)).size(), kPackedFromBytes);
  EXPECT_LT(pack_text(repetitive(kPackedFromBytes)).size(), kPackedFromBytes / 4);
  EXPECT_EQ(pack_text(noise(5'000)).size(), 5'001u);
}

TEST(PackedText, OfMoreBytesThanTheLimitIsRefused) {
  for (const std::size_t size : {500u, 5'000u}) {
    const auto packed = pack_text(repetitive(size));
    EXPECT_TRUE(unpack_text(packed, size));
    EXPECT_FALSE(unpack_text(packed, size - 1));
  }
}

TEST(PackedText, ThatIsCutOrChangedIsRefused) {
  const auto packed = pack_text(repetitive(3'000));
  for (std::size_t size = 0; size < packed.size(); ++size) EXPECT_FALSE(unpack_text(packed.substr(0, size), kMax));
  for (std::size_t at = 0; at < packed.size(); ++at) {
    auto changed = packed;
    changed[at] = static_cast<char>(changed[at] ^ 0x10);
    const auto text = unpack_text(changed, kMax);
    // A bit of the header that says nothing about the text may change; the text may not.
    if (text) EXPECT_EQ(*text, repetitive(3'000)) << "byte " << at;
  }
  EXPECT_FALSE(unpack_text(packed + packed.substr(1), kMax)) << "a second frame";
  EXPECT_FALSE(unpack_text("\x02text", kMax)) << "a form of another release";
  EXPECT_FALSE(unpack_text("\x01text", kMax));
}

TEST(PackedText, ThatClaimsAHugeSizeTakesNoMemory) {
  // A frame header of a single segment whose size field of 8 bytes says 2^62.
  const std::string claim("\x01\x28\xb5\x2f\xfd\xe0\0\0\0\0\0\0\0\x40", 14);
  EXPECT_FALSE(unpack_text(claim, kMax));
  EXPECT_FALSE(unpack_text(claim, SIZE_MAX / 4));
}

TEST(PackedText, IsThreadsOwnWork) {
  const auto text = repetitive(100'000);
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int n = 0; n < 50; ++n) EXPECT_EQ(unpack_text(pack_text(text), kMax), text);
    });
  }
  for (auto& thread : threads) thread.join();
}

}  // namespace
}  // namespace stepd
