#include "engine/run/uuid.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <functional>
#include <random>
#include <stdexcept>

namespace stepd::run {
namespace {

thread_local SeededRandom* seeded = nullptr;

/// As much chance as keeps the sequences of all threads and processes apart.
std::mt19937_64 new_generator() {
  std::array<std::random_device::result_type, 8> words{};
  std::random_device device;
  std::generate(words.begin(), words.end(), std::ref(device));
  std::seed_seq seed(words.begin(), words.end());
  return std::mt19937_64(seed);
}

/// RFC 9562 §4: the version is the upper half of the seventh byte, the variant the upper two bits of the ninth.
std::string print_uuid(std::uint64_t high, std::uint64_t low, std::uint64_t version) {
  high = (high & ~0xF000ULL) | version << 12;
  low = (low & ~(3ULL << 62)) | 2ULL << 62;
  std::string text(36, '-');
  std::size_t at = 0;
  for (unsigned digit = 0; digit < 32; ++digit) {
    if (digit == 8 || digit == 12 || digit == 16 || digit == 20) ++at;
    const auto half = digit < 16 ? high : low;
    text[at++] = "0123456789abcdef"[half >> (60 - 4 * (digit % 16)) & 0xF];
  }
  return text;
}

}  // namespace

std::string make_uuid() {
  const auto high = random_bits();
  return print_uuid(high, random_bits(), 4);
}

std::string make_ordered_uuid(Instant now) {
  const auto milliseconds = static_cast<std::uint64_t>(now.time_since_epoch().count());
  const auto high = milliseconds << 16 | (random_bits() & 0xFFFF);
  return print_uuid(high, random_bits(), 7);
}

std::string uuid_of(std::string_view text) {
  boost::uuids::name_generator_sha1 generator(boost::uuids::ns::url());
  return boost::uuids::to_string(generator(text.data(), text.size()));
}

std::uint64_t random_bits() {
  if (seeded != nullptr) return seeded->engine()();
  thread_local std::mt19937_64 engine = new_generator();
  return engine();
}

std::string make_secret() {
  std::string secret(16, '\0');
  if (seeded != nullptr) {
    for (auto& byte : secret) byte = static_cast<char>(seeded->engine()());
    return secret;
  }
  if (RAND_bytes(reinterpret_cast<unsigned char*>(secret.data()), static_cast<int>(secret.size())) != 1)
    throw std::runtime_error("no random bytes are to be had");
  return secret;
}

SeededRandom::SeededRandom(std::uint64_t seed) : engine_(seed) { seeded = this; }
SeededRandom::~SeededRandom() { seeded = nullptr; }

}  // namespace stepd::run
