// The commands, one file each. Each adds itself to the command line with its options; run_cli() decides which runs.
#pragma once

namespace CLI {
class App;
}

namespace stepd::daemon {

/// `exit_code` is set when the command has run.
using Declare = void(CLI::App& app, int& exit_code);

Declare declare_serve;
Declare declare_up;
Declare declare_convert;
Declare declare_validate;
Declare declare_run;
Declare declare_eval;
Declare declare_import;
Declare declare_doctor;
Declare declare_graph;
Declare declare_ps;
Declare declare_start;
Declare declare_history;
Declare declare_stop;
Declare declare_redrive;
Declare declare_logs;
Declare declare_top;
Declare declare_completion;
Declare declare_man;
Declare declare_version;
Declare declare_image_worker;
Declare declare_function_launcher;
Declare declare_functions;

}  // namespace stepd::daemon
