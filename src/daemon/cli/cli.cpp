#include "daemon/cli/cli.h"

#include "daemon/cli/commands.h"
#include "daemon/cli/start_failure.h"
#include "daemon/log_format.h"

#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/spdlog.h>
#include <CLI/CLI.hpp>
#include <exception>
#include <iostream>

namespace stepd::daemon {
namespace {

/// To stderr: stdout belongs to what was asked for.
void open_log() {
  spdlog::set_default_logger(spdlog::stderr_color_mt("stepd"));
  set_log_format(LogFormat::Text);
}

}  // namespace

int run_cli(int argc, char** argv) {
  open_log();
  CLI::App app("Runs Amazon States Language workflows on your own machine.", "stepd");
  app.require_subcommand(1);
  app.set_version_flag("--version,-V", "stepd " STEPD_VERSION, "print the version");
  int exit_code = kSuccess;
  for (Declare* declare : {declare_serve,        declare_up,
                           declare_convert,      declare_validate,
                           declare_run,          declare_eval,
                           declare_import,       declare_doctor,
                           declare_graph,        declare_ps,
                           declare_start,        declare_history,
                           declare_stop,         declare_redrive,
                           declare_logs,         declare_top,
                           declare_completion,   declare_man,
                           declare_functions,    declare_version,
                           declare_image_worker, declare_function_launcher}) {
    declare(app, exit_code);
  }
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kSuccess : kCannotRun;  // --help is an "error" of CLI11's with exit code 0
  } catch (const std::exception& error) {
    std::cerr << "stepd: " << why_not_started(error) << "\n";
    return kCannotRun;
  }
  return exit_code;
}

}  // namespace stepd::daemon
