#include "base/value/text_hash.h"

#include <array>
#include <cstring>
#include <random>

namespace stepd {
namespace {

// Every factor of a product is masked with a secret word: were one a known constant, names could be made that force a
// product to zero whatever the key is.
using HashSecret = std::array<std::uint64_t, 4>;

HashSecret draw_secret() {
  std::random_device device;
  HashSecret secret{};
  for (auto& word : secret) word = static_cast<std::uint64_t>(device()) << 32 | device();
  return secret;
}

/// Drawn at the first use, as keys may stand in static variables.
HashSecret& hash_secret() {
  static HashSecret secret = draw_secret();
  return secret;
}

std::uint64_t multiply(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
}

template <class Word>
std::uint64_t load(const char* at) {
  Word word;
  std::memcpy(&word, at, sizeof word);
  return word;
}

struct Tail {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
};

/// At most 16 bytes as two words, which overlap where there are fewer.
Tail load_tail(const char* at, std::size_t size) {
  if (size >= 8) return {load<std::uint64_t>(at), load<std::uint64_t>(at + size - 8)};
  if (size >= 4) return {load<std::uint32_t>(at), load<std::uint32_t>(at + size - 4)};
  if (size == 0) return {};
  const auto byte = [&](std::size_t i) { return static_cast<std::uint64_t>(static_cast<unsigned char>(at[i])); };
  return {byte(0) << 16 | byte(size / 2) << 8 | byte(size - 1), 0};
}

}  // namespace

std::uint64_t hash_text(std::string_view text) {
  const HashSecret& secret = hash_secret();
  const char* at = text.data();
  std::size_t left = text.size();
  std::uint64_t state = secret[0] ^ text.size();
  for (; left > 16; at += 16, left -= 16) {
    state = multiply(load<std::uint64_t>(at) ^ secret[1], load<std::uint64_t>(at + 8) ^ secret[2] ^ state);
  }
  const Tail tail = load_tail(at, left);
  return multiply(secret[3] ^ text.size(), multiply(tail.first ^ secret[1], tail.second ^ secret[2] ^ state));
}

std::uint64_t mix_hashes(std::uint64_t a, std::uint64_t b) {
  const HashSecret& secret = hash_secret();
  return multiply(a ^ secret[1], b ^ secret[2]);
}

void set_hash_seed(std::uint64_t seed) {
  std::mt19937_64 words(seed);
  for (auto& word : hash_secret()) word = words();
}

}  // namespace stepd
