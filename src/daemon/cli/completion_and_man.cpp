// `stepd completion` and `stepd man`: print what completion_of() and man_page_of() make of the command line.
#include "daemon/cli/cli.h"
#include "daemon/cli/command_line_text.h"
#include "daemon/cli/commands.h"

#include <CLI/CLI.hpp>
#include <iostream>
#include <memory>
#include <string>

namespace stepd::daemon {

void declare_completion(CLI::App& app, int& exit_code) {
  const auto shell = std::make_shared<std::string>();
  auto* command = app.add_subcommand("completion", "print a script that completes stepd's command line in a shell");
  command->add_option("SHELL", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->footer("For bash, in ~/.bashrc: source <(stepd completion bash)");
  command->callback([shell, &app, &exit_code] {
    std::cout << completion_of(app, *shell);
    exit_code = kSuccess;
  });
}

void declare_man(CLI::App& app, int& exit_code) {
  auto* command = app.add_subcommand("man", "print the manual page");
  command->footer("To read it: stepd man | man -l -");
  command->callback([&app, &exit_code] {
    std::cout << man_page_of(app);
    exit_code = kSuccess;
  });
}

}  // namespace stepd::daemon
