// Where the process begins.
#include "daemon/cli/cli.h"

int main(int argc, char** argv) { return stepd::daemon::run_cli(argc, argv); }
