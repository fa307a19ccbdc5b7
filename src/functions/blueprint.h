// Blueprint: how the processes of one function are started. It is made of the configuration, of what is installed on
// this machine and of what `stepd functions install` has put into the data directory.
#pragma once

#include "base/result.h"
#include "functions/function_code.h"
#include "functions/launch/launch_orders.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace stepd::functions {

/// What `stepd functions install` leaves of a function, beneath RuntimeOptions::folder. Nothing of it must be there.
struct Installed {
  std::filesystem::path root;  ///< folder of the function
  std::filesystem::path venv() const { return root / "venv"; }
  std::filesystem::path node() const { return root / "node"; }      ///< holds node_modules
  std::filesystem::path code() const { return root / "code"; }      ///< of a .zip
  std::filesystem::path layers() const { return root / "layers"; }  ///< all of them, one over the other
};
Installed installed_of(const std::filesystem::path& folder, const std::string& function);

struct Blueprint {
  std::vector<std::string> command;      ///< as the function sees it
  std::vector<std::string> environment;  ///< all that is the same in every process
  std::vector<std::string> readable;
  std::filesystem::path code;    ///< the folder
  std::filesystem::path layers;  ///< empty: none
  std::string runtime;           ///< for the log
  std::string note;              ///< what an operator should know; empty: nothing
};

/// Where the daemon's own files for functions are.
struct BlueprintPlaces {
  std::filesystem::path folder;      ///< RuntimeOptions::folder
  std::filesystem::path bootstraps;  ///< where write_bootstraps() has written
  std::string endpoint;              ///< AWS_ENDPOINT_URL
  std::string search;                ///< PATH, where programs are looked for
};

/// Error: cause only: a program or a folder that is not there.
Result<Blueprint> make_blueprint(const RuntimeOptions& options, const FunctionCode& code, const FunctionFences& fences,
                                 const BlueprintPlaces& places);

/// The first program of that name that is no script: version managers put scripts into PATH which need a home folder.
std::optional<std::filesystem::path> find_program(const std::string& name, const std::string& search);

/// Names that Lambda sets itself (AWS Lambda dev guide: reserved environment variables).
bool is_reserved_variable(const std::string& name);

/// Writes the programs that run Python and Node handlers. Throws std::system_error.
void write_bootstraps(const std::filesystem::path& folder);

}  // namespace stepd::functions
