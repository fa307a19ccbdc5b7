#include "functions/blueprint.h"

#include "base/encoding.h"
#include "functions/access.h"
#include "functions/bootstraps.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <system_error>

namespace stepd::functions {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kMebibyte = 1024 * 1024;
constexpr const char* kPythonBootstrap = "python_bootstrap.py";
constexpr const char* kNodeBootstrap = "index.mjs";

constexpr std::array<std::string_view, 26> kReserved{
    "_HANDLER",
    "_X_AMZN_TRACE_ID",
    "_LAMBDA_TELEMETRY_LOG_FD",
    "AWS_ACCESS_KEY",
    "AWS_ACCESS_KEY_ID",
    "AWS_DEFAULT_REGION",
    "AWS_EXECUTION_ENV",
    "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
    "AWS_LAMBDA_FUNCTION_NAME",
    "AWS_LAMBDA_FUNCTION_VERSION",
    "AWS_LAMBDA_INITIALIZATION_TYPE",
    "AWS_LAMBDA_LOG_GROUP_NAME",
    "AWS_LAMBDA_LOG_STREAM_NAME",
    "AWS_LAMBDA_MAX_CONCURRENCY",
    "AWS_LAMBDA_RUNTIME_API",
    "AWS_REGION",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_SECRET_KEY",
    "AWS_SESSION_TOKEN",
    "LAMBDA_RUNTIME_DIR",
    "LAMBDA_TASK_ROOT",
    "STEPD_LAYERS",
    "LD_PRELOAD",
    "PWD",
    "PYTHONHOME",
    "PYTHONDONTWRITEBYTECODE",
};

/// Empty if `path` names none: those of the system are readable anyway.
std::string installation_of(const fs::path& program) {
  std::error_code failed;
  const auto real = fs::canonical(program, failed);
  if (failed) return "";
  const auto prefix = real.parent_path().parent_path();
  return prefix == "/usr" || prefix == "/" ? "" : prefix.string();
}

bool is_script(const fs::path& program) {
  std::ifstream file(program, std::ios::binary);
  char mark[2]{};
  return file.read(mark, 2) && mark[0] == '#' && mark[1] == '!';
}

struct Program {
  fs::path path;
  std::string note;
};

/// `python3.12`, or another one of `fallbacks`, with a note that says so.
Result<Program> find_interpreter(const std::string& wanted, const std::vector<std::string>& fallbacks,
                                 const std::string& search) {
  if (const auto found = find_program(wanted, search)) return Program{*found, ""};
  for (const auto& each : fallbacks) {
    const auto found = find_program(each, search);
    if (!found) continue;
    return Program{*found, wanted + " is not installed; " + found->string() + " is used instead"};
  }
  return AslError{"", "there is no " + wanted + " in PATH (" + search + ")"};
}

/// Adds what makes one runtime: the command, the variables, the folders.
class Plan {
 public:
  Plan(const RuntimeOptions& options, const FunctionCode& code, const FunctionFences& fences,
       const BlueprintPlaces& places)
      : code_(code), fences_(fences), places_(places), installed_(installed_of(places.folder, code.name)) {
    add("AWS_REGION", options.region);
    add("AWS_DEFAULT_REGION", options.region);
  }

  Result<Blueprint> make() {
    STEPD_CHECK(choose_code());
    STEPD_CHECK(choose_layers());
    add_common();
    if (!code_.command.empty()) {
      STEPD_CHECK(choose_command());
    } else if (code_.runtime.starts_with("python")) {
      STEPD_CHECK(choose_python());
    } else if (code_.runtime.starts_with("nodejs")) {
      STEPD_CHECK(choose_node());
    } else {
      made_.command = {task_root() + "/bootstrap"};
      made_.runtime = code_.runtime;
    }
    for (const auto& [name, value] : code_.environment) {
      if (!is_reserved_variable(name)) add(name, value);
    }
    return std::move(made_);
  }

 private:
  void add(const std::string& name, const std::string& value) {
    const auto same = [&](const std::string& each) { return each.starts_with(name + "="); };
    std::erase_if(made_.environment, same);
    made_.environment.push_back(name + "=" + value);
  }

  std::string task_root() const { return fences_.view ? kTaskRoot : made_.code.string(); }
  std::string layer_folder() const {
    return fences_.view || made_.layers.empty() ? kLayerFolder : made_.layers.string();
  }
  std::string bootstrap(const char* name) const {
    return (fences_.view ? fs::path(kRuntimeFolder) : places_.bootstraps) / name;
  }

  Result<void> choose_code() {
    made_.code = code_.code.extension() == ".zip" ? installed_.code() : code_.code;
    std::error_code failed;
    if (fs::is_directory(made_.code, failed)) return {};
    if (made_.code == code_.code) return AslError{"", "there is no folder " + made_.code.string()};
    return AslError{"", code_.code.string() + " is not unpacked: run stepd functions install " + code_.name};
  }

  Result<void> choose_layers() {
    if (code_.layers.empty()) return {};
    std::error_code failed;
    if (fs::is_directory(installed_.layers(), failed)) {
      made_.layers = installed_.layers();
      return {};
    }
    // A single folder is used as it is.
    if (code_.layers.size() == 1 && fs::is_directory(code_.layers.front(), failed)) {
      made_.layers = code_.layers.front();
      return {};
    }
    return AslError{"", "its layers are not unpacked: run stepd functions install " + code_.name};
  }

  void add_common() {
    const auto megabytes = std::to_string(code_.memory / kMebibyte);
    add("AWS_ACCESS_KEY_ID", "ASIASTEPDSTEPDSTEPD0");
    add("AWS_SECRET_ACCESS_KEY", "stepd-accepts-any-secret-key-0000000000");
    add("AWS_ENDPOINT_URL", places_.endpoint);
    add("AWS_DISABLE_HOST_PREFIX_INJECTION", "true");
    add("AWS_EC2_METADATA_DISABLED", "true");
    add("AWS_LAMBDA_FUNCTION_NAME", code_.name);
    add("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", megabytes);
    add("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST");
    add("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
    add("AWS_LAMBDA_LOG_GROUP_NAME", code_.log_group);
    add("AWS_XRAY_CONTEXT_MISSING", "LOG_ERROR");
    add("AWS_XRAY_DAEMON_ADDRESS", "127.0.0.1:2000");
    add("_HANDLER", code_.handler);
    add("LAMBDA_TASK_ROOT", task_root());
    add("LAMBDA_RUNTIME_DIR", fences_.view ? kRuntimeFolder : places_.bootstraps.string());
    add("LANG", "C.UTF-8");
    add("TZ", ":UTC");
    add("PWD", task_root());
    add("PATH", "/usr/local/bin:/usr/bin:/bin:" + layer_folder() + "/bin");
    add("LD_LIBRARY_PATH", task_root() + ":" + task_root() + "/lib:" + layer_folder() + "/lib");
  }

  Result<void> choose_command() {
    const auto& program = code_.command.front();
    made_.command = code_.command;
    made_.runtime = "provided";
    if (program.starts_with("/")) {
      show_installation(program);
      return {};
    }
    if (program.find('/') != std::string::npos) {
      made_.command.front() = task_root() + "/" + program;
      return {};
    }
    const auto found = find_program(program, places_.search);
    if (!found) return AslError{"", "there is no program " + program + " in PATH (" + places_.search + ")"};
    made_.command.front() = found->string();
    show_installation(*found);
    return {};
  }

  void show_installation(const fs::path& program) {
    if (const auto folder = installation_of(program); !folder.empty()) made_.readable.push_back(folder);
  }

  Result<void> choose_python() {
    Program program;
    std::error_code failed;
    if (fs::exists(installed_.venv() / "bin" / "python", failed)) {
      program.path = installed_.venv() / "bin" / "python";
      made_.readable.push_back(installed_.venv());
    } else {
      STEPD_TRY(program, find_interpreter(code_.runtime, {"python3"}, places_.search));
    }
    show_installation(program.path);
    made_.command = {program.path, bootstrap(kPythonBootstrap)};
    made_.runtime = code_.runtime;
    made_.note = program.note;
    add("AWS_EXECUTION_ENV", "AWS_Lambda_" + code_.runtime);
    add("STEPD_LAYERS", layer_folder());
    add("PYTHONPATH", fences_.view ? kRuntimeFolder : places_.bootstraps.string());
    add("PYTHONDONTWRITEBYTECODE", "1");  // the code's folder is read-only
    return {};
  }

  Result<void> choose_node() {
    auto version = code_.runtime.substr(6);
    if (version.ends_with(".x")) version.resize(version.size() - 2);
    STEPD_TRY(const Program program, find_interpreter("node" + version, {"node"}, places_.search));
    show_installation(program.path);
    // V8 gives up before the limit that kills the process is reached.
    const auto heap = std::to_string(code_.memory / kMebibyte * 9 / 10);
    made_.command = {program.path, "--max-old-space-size=" + heap, bootstrap(kNodeBootstrap)};
    made_.runtime = code_.runtime;
    made_.note = program.note;
    std::string modules =
        layer_folder() + "/nodejs/node" + version + "/node_modules:" + layer_folder() + "/nodejs/node_modules:";
    std::error_code failed;
    if (fs::is_directory(installed_.node() / "node_modules", failed)) {
      made_.readable.push_back(installed_.node());
      modules += (installed_.node() / "node_modules").string() + ":";
    }
    add("AWS_EXECUTION_ENV", "AWS_Lambda_" + code_.runtime);
    add("NODE_PATH", modules + (fences_.view ? kRuntimeFolder : places_.bootstraps.string()) + ":" + task_root());
    return {};
  }

  const FunctionCode& code_;
  const FunctionFences& fences_;
  const BlueprintPlaces& places_;
  const Installed installed_;
  Blueprint made_;
};

}  // namespace

Installed installed_of(const fs::path& folder, const std::string& function) {
  return {folder / percent_encode(function)};
}

Result<Blueprint> make_blueprint(const RuntimeOptions& options, const FunctionCode& code, const FunctionFences& fences,
                                 const BlueprintPlaces& places) {
  auto made = Plan(options, code, fences, places).make();
  if (!made) return made;
  for (const auto& each : options.workers.readable) made->readable.push_back(each);
  return made;
}

std::optional<fs::path> find_program(const std::string& name, const std::string& search) {
  for (std::size_t at = 0; at <= search.size();) {
    const auto end = std::min(search.find(':', at), search.size());
    const auto found = fs::path(search.substr(at, end - at)) / name;
    at = end + 1;
    std::error_code failed;
    if (found.is_absolute() && fs::is_regular_file(found, failed) && ::access(found.c_str(), X_OK) == 0 &&
        !is_script(found))
      return found;
  }
  return std::nullopt;
}

bool is_reserved_variable(const std::string& name) {
  return std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end();
}

void write_bootstraps(const fs::path& folder) {
  fs::create_directories(folder);
  for (const auto& each : bootstrap_files()) {
    std::ofstream file(folder / each.name, std::ios::binary | std::ios::trunc);
    file << each.text;
    file.close();
    if (!file) throw std::system_error(errno, std::generic_category(), (folder / each.name).string());
  }
  let_everybody_read(folder);
}

}  // namespace stepd::functions
