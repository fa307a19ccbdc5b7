#include "functions/install/installer.h"

#include "base/digest.h"
#include "base/encoding.h"
#include "base/payload.h"
#include "functions/access.h"
#include "functions/blueprint.h"
#include "functions/install/known_layers.h"
#include "functions/install/unpack_zip.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <set>
#include <system_error>

namespace stepd::functions {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kSourceBytes = 1'000'000;  // of a file that is looked into
constexpr std::size_t kSources = 500;

AslError install_fault(const std::string& why) { return {"", why}; }

bool is_there(const fs::path& path) {
  std::error_code failed;
  return fs::exists(path, failed);
}

std::string read_source(const fs::path& path) {
  std::error_code failed;
  if (fs::file_size(path, failed) > kSourceBytes || failed) return "";
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Calls `look` with the text of every source file of these kinds, but not of packages.
template <class Look>
void each_source(const fs::path& folder, const std::set<std::string>& kinds, Look look) {
  std::error_code failed;
  std::size_t seen = 0;
  for (fs::recursive_directory_iterator each(folder, failed), end; each != end && seen < kSources;
       each.increment(failed)) {
    if (failed) return;
    const auto name = each->path().filename().string();
    if (name == "node_modules" || name == "site-packages" || name.starts_with(".")) each.disable_recursion_pending();
    if (!kinds.contains(each->path().extension().string())) continue;
    ++seen;
    look(read_source(each->path()));
  }
}

bool is_python(const FunctionCode& code) { return code.runtime.starts_with("python"); }
bool is_node(const FunctionCode& code) { return code.runtime.starts_with("nodejs"); }

/// What Lambda has in its Python runtimes, and code imports without saying so in requirements.txt.
bool uses_boto3(const fs::path& folder) {
  bool uses = false;
  each_source(folder, {".py"}, [&](const std::string& text) {
    uses = uses || text.find("import boto") != std::string::npos || text.find("from boto") != std::string::npos;
  });
  return uses && !is_there(folder / "boto3");
}

/// The packages of AWS's client that Lambda has in its Node runtimes, as the code names them.
std::set<std::string> aws_packages(const fs::path& folder) {
  std::set<std::string> names;
  each_source(folder, {".js", ".mjs", ".cjs", ".ts"}, [&](const std::string& text) {
    for (const std::string scope : {"@aws-sdk/", "@smithy/"}) {
      for (auto at = text.find(scope); at != std::string::npos; at = text.find(scope, at + 1)) {
        const auto end = text.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-", at + scope.size());
        if (end != std::string::npos && end > at + scope.size()) names.insert(text.substr(at, end - at));
      }
    }
  });
  std::erase_if(names, [&](const auto& name) { return is_there(folder / "node_modules" / name); });
  return names;
}

/// What an installation was made for, as far as it was said: another one is to be made when this changes.
std::string key_of(const FunctionCode& code) {
  std::vector<std::string> parts{code.runtime, code.code.string()};
  for (const char* name : {"requirements.txt", "package.json", "package-lock.json", "npm-shrinkwrap.json"})
    parts.push_back(read_source(code.code / name));
  if (is_python(code) && uses_boto3(code.code)) parts.emplace_back("boto3");
  for (const auto& package : is_node(code) ? aws_packages(code.code) : std::set<std::string>())
    parts.push_back(package);
  for (const auto& layer : code.layers) parts.push_back(layer);
  std::vector<fs::path> archives{code.code};
  archives.insert(archives.end(), code.layers.begin(), code.layers.end());
  for (const auto& archive : archives) {
    std::error_code failed;
    if (!fs::is_regular_file(archive, failed)) continue;
    parts.push_back(std::to_string(fs::file_size(archive, failed)));
    parts.push_back(std::to_string(fs::last_write_time(archive, failed).time_since_epoch().count()));
  }
  std::string joined;
  for (const auto& part : parts) joined += std::to_string(part.size()) + ":" + part;
  return to_hex(sha256(joined));
}

constexpr const char* kKeyFile = "installed-for";

class Installation {
 public:
  Installation(const FunctionCode& code, const InstallOptions& options)
      : code_(code), options_(options), installed_(installed_of(options.folder, code.name)), folder_(code.code) {}

  Result<void> run() {
    STEPD_CHECK(unpack_code());
    if (!is_there(folder_)) return install_fault("there is no folder " + folder_.string());
    if (is_python(code_)) STEPD_CHECK(install_python());
    if (is_node(code_)) STEPD_CHECK(install_node());
    return install_layers();
  }

 private:
  Result<void> fresh(const fs::path& folder) {
    std::error_code failed;
    fs::remove_all(folder, failed);
    fs::create_directories(folder, failed);
    return failed ? Result<void>(install_fault(folder.string() + ": " + failed.message())) : Result<void>();
  }

  Result<void> unpack_code() {
    if (code_.code.extension() != ".zip") return {};
    folder_ = installed_.code();
    options_.tell("unpacking " + code_.code.string());
    STEPD_CHECK(fresh(folder_));
    return unpack_zip(code_.code, folder_);
  }

  Result<void> command(const std::vector<std::string>& words, const fs::path& folder) {
    std::string shown;
    for (const auto& word : words) shown += (shown.empty() ? "" : " ") + word;
    options_.tell("$ " + shown);
    const int exit_code = options_.run(words, folder);
    if (exit_code == 0) return {};
    return install_fault("\"" + shown + "\" ended with " + std::to_string(exit_code));
  }

  Result<std::string> program(const std::vector<std::string>& names) {
    for (const auto& name : names) {
      if (const auto found = find_program(name, options_.search)) return found->string();
    }
    return install_fault("there is no " + names.front() + " in PATH");
  }

  Result<void> install_python() {
    std::vector<std::string> wanted;
    if (is_there(folder_ / "requirements.txt")) wanted = {"-r", (folder_ / "requirements.txt").string()};
    if (uses_boto3(folder_)) wanted.push_back("boto3");
    if (wanted.empty()) return {};
    STEPD_TRY(const std::string python, program({code_.runtime, "python3"}));
    STEPD_CHECK(fresh(installed_.venv()));
    STEPD_CHECK(command({python, "-m", "venv", installed_.venv().string()}, folder_));
    std::vector<std::string> install{(installed_.venv() / "bin" / "python").string(),
                                     "-m",
                                     "pip",
                                     "install",
                                     "--disable-pip-version-check",
                                     "--no-input"};
    install.insert(install.end(), wanted.begin(), wanted.end());
    auto done = command(install, folder_);
    std::error_code ignored;
    if (!done) fs::remove_all(installed_.venv(), ignored);
    return done;
  }

  Result<void> install_node() {
    const bool has_packages = is_there(folder_ / "node_modules");
    const bool listed = is_there(folder_ / "package.json") && !has_packages;
    const auto more = aws_packages(folder_);
    if (!listed && more.empty()) return {};
    // npm is a script, which find_program() does not take.
    const std::string npm = "npm";
    STEPD_CHECK(fresh(installed_.node()));
    std::error_code failed;
    bool locked = false;
    for (const char* name : {"package.json", "package-lock.json", "npm-shrinkwrap.json"}) {
      if (!listed || !is_there(folder_ / name)) continue;
      fs::copy_file(folder_ / name, installed_.node() / name, failed);
      if (failed) return install_fault(std::string(name) + ": " + failed.message());
      locked = locked || std::string_view(name) != "package.json";
    }
    if (listed) {
      STEPD_CHECK(command({npm, locked ? "ci" : "install", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"},
                          installed_.node()));
    }
    std::vector<std::string> add{npm, "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund"};
    for (const auto& name : more) {
      if (!is_there(installed_.node() / "node_modules" / name)) add.push_back(name);
    }
    constexpr std::size_t kWords = 6;
    return add.size() > kWords ? command(add, installed_.node()) : Result<void>();
  }

  Result<void> install_layers() {
    std::error_code failed;
    fs::remove_all(installed_.layers(), failed);
    const bool as_it_is = code_.layers.size() == 1 && fs::is_directory(code_.layers.front(), failed);
    if (code_.layers.empty() || as_it_is) return {};
    STEPD_CHECK(fresh(installed_.layers()));
    for (const auto& layer : code_.layers) {
      auto done = install_layer(layer);
      if (done) continue;
      fs::remove_all(installed_.layers(), failed);
      return done;
    }
    return {};
  }

  Result<void> install_layer(const std::string& layer) {
    if (layer.starts_with("arn:")) return install_known(layer);
    std::error_code failed;
    if (fs::is_directory(layer, failed)) {
      options_.tell("copying the layer " + layer);
      fs::copy(layer, installed_.layers(),
               fs::copy_options::recursive | fs::copy_options::overwrite_existing | fs::copy_options::copy_symlinks,
               failed);
      return failed ? Result<void>(install_fault(layer + ": " + failed.message())) : Result<void>();
    }
    options_.tell("unpacking the layer " + layer);
    return unpack_zip(layer, installed_.layers());
  }

  Result<void> install_known(const std::string& arn) {
    const auto package = package_of_layer(arn);
    if (!package) {
      return install_fault("the layer " + arn +
                           " is not known here: download it (aws lambda get-layer-version-by-arn) and name " +
                           "the .zip in its place");
    }
    if (package->kind == LayerPackage::Kind::Node) {
      std::error_code failed;
      fs::create_directories(installed_.layers() / "nodejs", failed);
      return command({"npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", package->name},
                     installed_.layers() / "nodejs");
    }
    const auto venv = installed_.venv() / "bin" / "python";
    std::string python = venv.string();
    if (!is_there(venv)) {
      STEPD_TRY(const std::string found, program({code_.runtime, "python3"}));
      python = found;
    }
    return command({python, "-m", "pip", "install", "--disable-pip-version-check", "--no-input", "--target",
                    (installed_.layers() / "python").string(), package->name},
                   installed_.layers());
  }

  const FunctionCode& code_;
  const InstallOptions& options_;
  const Installed installed_;
  fs::path folder_;
};

}  // namespace

Result<void> install_function(const FunctionCode& code, const InstallOptions& options) {
  try {
    auto done = Installation(code, options).run();
    const auto folder = installed_of(options.folder, code.name).root;
    if (!is_there(folder)) return done;
    if (done) std::ofstream(folder / kKeyFile, std::ios::trunc) << key_of(code);
    // The data directory is the daemon's alone, whatever this lets others do beneath it.
    let_everybody_read(folder);
    return done;
  } catch (const fs::filesystem_error& error) {
    return install_fault(error.what());
  }
}

std::string state_of_installation(const FunctionCode& code, const fs::path& folder) {
  const auto installed = installed_of(folder, code.name);
  std::error_code failed;
  const bool zip = code.code.extension() == ".zip";
  const auto source = zip ? installed.code() : code.code;
  const bool single = code.layers.size() == 1 && fs::is_directory(code.layers.front(), failed);
  const bool layers = !code.layers.empty() && !single;
  const bool python = is_python(code) && (is_there(source / "requirements.txt") || uses_boto3(source));
  const bool node = is_node(code) && ((is_there(source / "package.json") && !is_there(source / "node_modules")) ||
                                      !aws_packages(source).empty());
  const bool missing = (zip && !is_there(source)) || (layers && !is_there(installed.layers())) ||
                       (python && !is_there(installed.venv())) || (node && !is_there(installed.node()));
  const auto made_for = read_source(installed.root / kKeyFile);
  if (missing || (!made_for.empty() && made_for != key_of(code))) return "needs install";
  return zip || layers || python || node ? "installed" : "ready";
}

int run_in_terminal(const std::vector<std::string>& command, const fs::path& folder) {
  std::vector<std::string> words = command;
  std::vector<char*> arguments;
  for (auto& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const pid_t pid = ::fork();
  if (pid < 0) return 127;
  if (pid == 0) {
    ::dup2(STDERR_FILENO, STDOUT_FILENO);
    if (::chdir(folder.c_str()) == 0) ::execvp(arguments.front(), arguments.data());
    ::_exit(127);
  }
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace stepd::functions
