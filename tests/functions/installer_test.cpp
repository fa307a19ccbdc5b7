// What is installed for functions: archives that mean harm, layers, and the programs that are called.
#include "functions/install/installer.h"
#include "functions/access.h"
#include "functions/blueprint.h"
#include "functions/install/known_layers.h"
#include "functions/install/unpack_zip.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <zip.h>

#include <filesystem>
#include <fstream>
#include <iterator>

namespace stepd::test {
namespace {

namespace fs = std::filesystem;
using functions::LayerPackage;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

class InstallerTest : public testing::Test {
 protected:
  InstallerTest() {
    std::string pattern = (fs::temp_directory_path() / "stepd-install-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    fs::create_directories(folder_ / "to");
    fs::create_directories(folder_ / "code");
    code_.name = "f";
    code_.code = folder_ / "code";
    code_.handler = "app.handler";
    code_.runtime = "python3.11";
    for (const char* program : {"python3.11", "python3", "node", "npm"}) {
      write(programs() / program, "");
      fs::permissions(programs() / program, fs::perms::owner_all);
    }
  }
  ~InstallerTest() override { fs::remove_all(folder_); }

  struct Entry {
    std::string name;
    std::string text;
    unsigned mode = S_IFREG | 0644;
  };
  fs::path archive(const std::vector<Entry>& entries, const std::string& name = "a.zip") {
    int failed = 0;
    zip_t* made = zip_open((folder_ / name).c_str(), ZIP_CREATE | ZIP_TRUNCATE, &failed);
    for (const auto& entry : entries) {
      zip_source_t* source = zip_source_buffer(made, entry.text.data(), entry.text.size(), 0);
      const auto index = zip_file_add(made, entry.name.c_str(), source, ZIP_FL_ENC_UTF_8);
      zip_file_set_external_attributes(made, static_cast<zip_uint64_t>(index), 0, ZIP_OPSYS_UNIX, entry.mode << 16);
    }
    zip_close(made);
    return folder_ / name;
  }
  std::string unpack(const std::vector<Entry>& entries, functions::UnpackLimits limits = {}) {
    const auto done = functions::unpack_zip(archive(entries), folder_ / "to", limits);
    return done ? "" : done.error().cause;
  }
  std::string read(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  void write(const fs::path& path, const std::string& text) {
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
  }

  /// All that is found in PATH: what the machine has of its own does not count.
  fs::path programs() const { return folder_ / "bin"; }

  std::string install() {
    const functions::InstallOptions options{folder_ / "data", programs().string(), [](const std::string&) {},
                                            [this](const std::vector<std::string>& command, const fs::path&) {
                                              std::string words;
                                              for (const auto& each : command) {
                                                words +=
                                                    (words.empty() ? "" : " ") + fs::path(each).filename().string();
                                              }
                                              commands_.push_back(words);
                                              return exit_code_;
                                            }};
    const auto done = functions::install_function(code_, options);
    return done ? "" : done.error().cause;
  }

  fs::path folder_;
  functions::FunctionCode code_;
  std::vector<std::string> commands_;
  int exit_code_ = 0;
};

TEST_F(InstallerTest, AnArchiveIsUnpackedWithItsFoldersAndRights) {
  EXPECT_EQ(unpack({{"app.py", "code"}, {"bin/run", "#!", S_IFREG | 0755}, {"bin/link", "run", S_IFLNK | 0777}}), "");
  EXPECT_EQ(read(folder_ / "to" / "app.py"), "code");
  EXPECT_EQ(fs::status(folder_ / "to" / "bin" / "run").permissions(), fs::perms(0755));
  EXPECT_EQ(fs::read_symlink(folder_ / "to" / "bin" / "link"), "run");
}

TEST_F(InstallerTest, NothingIsWrittenOutsideOfTheFolder) {
  for (const char* name : {"../out", "a/../../out", "/tmp/out", "..", "a\\..\\out", "a/../.."}) {
    EXPECT_THAT(unpack({{name, "x"}}), HasSubstr("leads out of the folder")) << name;
  }
  EXPECT_FALSE(fs::exists(folder_ / "out"));
  EXPECT_THAT(unpack({{"link", "../..", S_IFLNK | 0777}}), HasSubstr("leads out of the folder"));
  EXPECT_THAT(unpack({{"link", "/etc", S_IFLNK | 0777}}), HasSubstr("leads out of the folder"));
  EXPECT_THAT(unpack({{"device", "", S_IFCHR | 0666}}), HasSubstr("is no plain file"));
}

TEST_F(InstallerTest, NothingIsWrittenThroughALink) {
  fs::create_directory_symlink(folder_ / "code", folder_ / "to" / "link");
  EXPECT_THAT(unpack({{"link/app.py", "x"}}), HasSubstr("a link stands in its way"));
  fs::create_symlink(folder_ / "code" / "target", folder_ / "to" / "file");
  EXPECT_EQ(unpack({{"file", "x"}}), "");
  EXPECT_FALSE(fs::exists(folder_ / "code" / "target"));
}

TEST_F(InstallerTest, SizesAndCountsAreLimitedByWhatIsUnpacked) {
  EXPECT_THAT(unpack({{"a", std::string(100'000, '\0')}}, {99'999, 10}), HasSubstr("more than 99999 bytes"));
  EXPECT_THAT(unpack({{"a", ""}, {"b", ""}, {"c", ""}}, {99'999, 2}), HasSubstr("more than 2 entries"));
  write(folder_ / "no.zip", "this is no archive");
  EXPECT_FALSE(functions::unpack_zip(folder_ / "no.zip", folder_ / "to").has_value());
}

TEST_F(InstallerTest, PublicLayersAreKnownByTheirNames) {
  const auto name = [](const char* arn) {
    const auto package = functions::package_of_layer(arn);
    return package ? (package->kind == LayerPackage::Kind::Python ? "pip " : "npm ") + package->name : "";
  };
  EXPECT_EQ(name("arn:aws:lambda:eu-west-1:770693421928:layer:Klayers-p312-Pillow:5"), "pip Pillow");
  EXPECT_EQ(name("arn:aws:lambda:eu-west-1:770693421928:layer:Klayers-p39-aws-lambda-powertools:5"),
            "pip aws-lambda-powertools");
  EXPECT_EQ(name("arn:aws:lambda:us-east-1:336392948345:layer:AWSSDKPandas-Python312:14"), "pip awswrangler");
  EXPECT_EQ(name("arn:aws:lambda:us-east-1:017000801446:layer:AWSLambdaPowertoolsPythonV3-python312-x86_64:7"),
            "pip aws-lambda-powertools");
  EXPECT_EQ(name("arn:aws:lambda:us-east-1:123456789012:layer:sharp-layer:1"), "npm sharp");
  EXPECT_EQ(name("arn:aws:lambda:us-east-1:123456789012:layer:unknown:1"), "");
  EXPECT_EQ(name("arn:aws:lambda:eu-west-1:770693421928:layer:Klayers-p312---upgrade:5"), "");
}

TEST_F(InstallerTest, PythonGetsAnEnvironmentOfItsRequirementsAndOfAwssClient) {
  write(code_.code / "requirements.txt", "pillow\n");
  write(code_.code / "app.py", "import boto3\n");
  EXPECT_EQ(install(), "");
  EXPECT_THAT(commands_, ElementsAre("python3.11 -m venv venv",
                                     "python -m pip install --disable-pip-version-check --no-input -r "
                                     "requirements.txt boto3"));
}

TEST_F(InstallerTest, APythonThatIsMissingIsReplacedByTheOneThatIsThere) {
  fs::remove(programs() / "python3.11");
  write(code_.code / "requirements.txt", "pillow\n");
  EXPECT_EQ(install(), "");
  ASSERT_FALSE(commands_.empty());
  EXPECT_EQ(commands_.front(), "python3 -m venv venv");
}

TEST_F(InstallerTest, CodeThatNeedsNothingGetsNothing) {
  write(code_.code / "app.py", "import json\n");
  EXPECT_EQ(install(), "");
  EXPECT_THAT(commands_, IsEmpty());
  EXPECT_EQ(functions::state_of_installation(code_, folder_ / "data"), "ready");
}

TEST_F(InstallerTest, NodeGetsWhatItsLockFileSaysAndAwssPackagesThatItsCodeNames) {
  code_.runtime = "nodejs22.x";
  write(code_.code / "package.json", "{}");
  write(code_.code / "package-lock.json", "{}");
  write(code_.code / "app.mjs", "import { S3Client } from '@aws-sdk/client-s3';\n");
  EXPECT_EQ(functions::state_of_installation(code_, folder_ / "data"), "needs install");
  EXPECT_EQ(install(), "");
  EXPECT_THAT(commands_, ElementsAre("npm ci --omit=dev --ignore-scripts --no-audit --no-fund",
                                     "npm install --no-save --ignore-scripts --no-audit --no-fund client-s3"));
  EXPECT_TRUE(fs::exists(folder_ / "data" / "f" / "node" / "package-lock.json"));
  EXPECT_FALSE(fs::exists(code_.code / "node_modules"));
  EXPECT_EQ(functions::state_of_installation(code_, folder_ / "data"), "installed");
}

TEST_F(InstallerTest, WhatWasInstalledForSomethingElseIsInstalledAgain) {
  code_.runtime = "nodejs22.x";
  write(code_.code / "package.json", "{}");
  const auto state = [&] { return functions::state_of_installation(code_, folder_ / "data"); };
  EXPECT_EQ(install(), "");
  EXPECT_EQ(state(), "installed");
  write(code_.code / "package.json", R"({"dependencies":{}})");
  EXPECT_EQ(state(), "needs install");
  EXPECT_EQ(install(), "");
  EXPECT_EQ(state(), "installed");
  write(code_.code / "app.mjs", "import { S3Client } from '@aws-sdk/client-s3';\n");
  EXPECT_EQ(state(), "needs install");
}

TEST_F(InstallerTest, WhatIsInstalledMayBeReadByEverybody) {
  const auto before = ::umask(077);
  code_.code = archive({{"app.py", "code", S_IFREG | 0600}}, "code.zip");
  EXPECT_EQ(install(), "");
  ::umask(before);
  EXPECT_EQ(functions::find_private_file(functions::installed_of(folder_ / "data", "f").root), "");
}

TEST_F(InstallerTest, AFileThatNotEverybodyMayReadIsFound) {
  write(code_.code / "lib" / "private.py", "");
  EXPECT_EQ(functions::find_private_file(code_.code), "");
  fs::permissions(code_.code / "lib" / "private.py", fs::perms::owner_read);
  EXPECT_EQ(functions::find_private_file(code_.code), code_.code / "lib" / "private.py");
  fs::permissions(code_.code / "lib", fs::perms::owner_all);
  EXPECT_EQ(functions::find_private_file(code_.code), code_.code / "lib");
}

TEST_F(InstallerTest, AFailureOfAProgramIsToldAndLeavesNothingHalfDone) {
  write(code_.code / "requirements.txt", "pillow\n");
  exit_code_ = 3;
  EXPECT_THAT(install(), HasSubstr("ended with 3"));
}

TEST_F(InstallerTest, LayersLieOneOverTheOther) {
  write(folder_ / "first" / "python" / "a.py", "first");
  write(folder_ / "first" / "python" / "b.py", "first");
  code_.layers = {(folder_ / "first").string(), archive({{"python/b.py", "second"}}, "layer.zip").string(),
                  "arn:aws:lambda:eu-west-1:770693421928:layer:Klayers-p312-requests:5"};
  EXPECT_EQ(install(), "");
  const auto layers = functions::installed_of(folder_ / "data", "f").layers();
  EXPECT_EQ(read(layers / "python" / "a.py"), "first");
  EXPECT_EQ(read(layers / "python" / "b.py"), "second");
  EXPECT_THAT(commands_,
              ElementsAre("python3.11 -m pip install --disable-pip-version-check --no-input --target python requests"));
}

TEST_F(InstallerTest, ALayerThatIsNotKnownIsAskedFor) {
  code_.layers = {"arn:aws:lambda:us-east-1:123456789012:layer:unknown:1"};
  EXPECT_THAT(install(), HasSubstr("name the .zip in its place"));
  EXPECT_EQ(functions::state_of_installation(code_, folder_ / "data"), "needs install");
}

TEST_F(InstallerTest, CodeOfAnArchiveIsUnpacked) {
  code_.code = archive({{"app.py", "code"}}, "code.zip");
  EXPECT_EQ(install(), "");
  EXPECT_EQ(read(functions::installed_of(folder_ / "data", "f").code() / "app.py"), "code");
}

}  // namespace
}  // namespace stepd::test
