// The command line, written for others than its parser: for shells that complete it and for `man`. All of it comes from
// what the commands have declared, as --help does.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace stepd::daemon {

/// A script for bash, zsh or fish, to be evaluated there.
std::string completion_of(const CLI::App& app, const std::string& shell);
/// A page for man(1), in the language of mdoc's older sibling, man(7).
std::string man_page_of(const CLI::App& app);

}  // namespace stepd::daemon
