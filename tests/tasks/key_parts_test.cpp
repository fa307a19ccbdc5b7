#include "handler_fixture.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace stepd::test {
namespace {

TEST(KeyParts, TakesAKeyApartAndReadsNoObject) {
  Workbench bench;
  const auto parts = [&](const char* key) { return bench.run("key.parts", Json{{"key", key}})->dump(); };
  EXPECT_EQ(parts("a/b/photo.v2.JPEG"),
            R"({"key":"a/b/photo.v2.JPEG","dir":"a/b/","file":"photo.v2.JPEG","name":"photo.v2","extension":"JPEG",)"
            R"("extensionLower":"jpeg","suffix":"JPEG"})");
  EXPECT_EQ(parts("README"), R"({"key":"README","dir":"","file":"README","name":"README","extension":null,)"
                             R"("extensionLower":null,"suffix":null})");
  // A suffix is of the whole key, an extension of its last part.
  EXPECT_EQ(parts("a.b/.jpeg"), R"({"key":"a.b/.jpeg","dir":"a.b/","file":".jpeg","name":".jpeg","extension":null,)"
                                R"("extensionLower":null,"suffix":"jpeg"})");
  EXPECT_EQ(parts(".jpeg"), R"({"key":".jpeg","dir":"","file":".jpeg","name":".jpeg","extension":null,)"
                            R"("extensionLower":null,"suffix":null})");
}

TEST(KeyParts, RefusesExtensionsThatAreNotWanted) {
  Workbench bench;
  const auto error = [&](const char* event) { return error_name(bench.run("key.parts", event)); };
  EXPECT_EQ(error(R"({"key": "a.JPG", "extensions": ["jpg", "png"]})"), "none");
  EXPECT_EQ(error(R"({"key": "a.csv", "extensions": ["jpg", "png"]})"), "Key.ExtensionNotAllowed");
  EXPECT_EQ(error(R"({"key": "jpg", "extensions": ["jpg"]})"), "Key.ExtensionNotAllowed");
  EXPECT_EQ(error(R"({"key": "a.jpg", "extensions": "jpg"})"), "Handler.InvalidArguments");
  EXPECT_EQ(error(R"({"key": "a.jpg", "extensions": [1]})"), "Handler.InvalidArguments");
  EXPECT_EQ(error(R"({"key": ""})"), "Handler.InvalidArguments");
}

}  // namespace
}  // namespace stepd::test
