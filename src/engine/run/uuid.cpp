#include "engine/run/uuid.h"

#include <openssl/rand.h>

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <random>
#include <stdexcept>

namespace stepd::run {
namespace {

thread_local SeededRandom* seeded = nullptr;

}  // namespace

std::string make_uuid() {
  if (seeded != nullptr)
    return boost::uuids::to_string(boost::uuids::basic_random_generator<std::mt19937_64>(seeded->engine())());
  thread_local boost::uuids::random_generator generator;
  return boost::uuids::to_string(generator());
}

std::string uuid_of(std::string_view text) {
  boost::uuids::name_generator_sha1 generator(boost::uuids::ns::url());
  return boost::uuids::to_string(generator(text.data(), text.size()));
}

std::uint64_t random_bits() {
  if (seeded != nullptr) return seeded->engine()();
  thread_local std::mt19937_64 engine{std::random_device{}()};
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
