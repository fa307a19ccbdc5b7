#include "daemon/cli/command_line_text.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <vector>

namespace stepd::daemon {
namespace {

/// Commands that people call: not what the daemon calls itself.
std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  std::vector<const CLI::App*> commands;
  for (const auto* command : app.get_subcommands([](const CLI::App*) { return true; })) {
    if (!command->get_group().empty()) commands.push_back(command);
  }
  return commands;
}

std::vector<const CLI::Option*> options_of(const CLI::App& command) {
  const auto all = command.get_options();
  return {all.begin(), all.end()};
}

bool is_positional(const CLI::Option& option) { return option.get_lnames().empty() && option.get_snames().empty(); }

std::string words_of(const CLI::App& command) {
  std::string words;
  for (const auto* option : options_of(command)) {
    for (const auto& name : option->get_lnames()) words += " --" + name;
    for (const auto& name : option->get_snames()) words += " -" + name;
  }
  return words.empty() ? words : words.substr(1);
}

std::string bash_script(const CLI::App& app) {
  std::string names;
  std::string cases;
  for (const auto* command : commands_of(app)) {
    names += (names.empty() ? "" : " ") + command->get_name();
    cases += "    " + command->get_name() + ") words=\"" + words_of(*command) + "\" ;;\n";
  }
  return "_stepd() {\n"
         "  local current=\"${COMP_WORDS[COMP_CWORD]}\" words=\"\"\n"
         "  if ((COMP_CWORD == 1)); then\n"
         "    COMPREPLY=($(compgen -W \"" +
         names + " --help --version\" -- \"$current\"))\n    return\n  fi\n  case \"${COMP_WORDS[1]}\" in\n" + cases +
         "  esac\n"
         "  if [[ $current == -* ]]; then\n"
         "    COMPREPLY=($(compgen -W \"$words\" -- \"$current\"))\n"
         "  else\n"
         "    COMPREPLY=($(compgen -f -- \"$current\"))\n"
         "  fi\n"
         "}\n"
         "complete -o filenames -F _stepd stepd\n";
}

std::string quoted_for_fish(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c == '\n' ? ' ' : c;
  }
  return quoted + "'";
}

std::string fish_script(const CLI::App& app) {
  std::string script = "complete -c stepd -n __fish_use_subcommand -l help -d 'how it is used'\n";
  for (const auto* command : commands_of(app)) {
    script += "complete -c stepd -n __fish_use_subcommand -f -a " + command->get_name() + " -d " +
              quoted_for_fish(command->get_description()) + "\n";
    for (const auto* option : options_of(*command)) {
      if (is_positional(*option)) continue;
      script += "complete -c stepd -n '__fish_seen_subcommand_from " + command->get_name() + "'";
      for (const auto& name : option->get_lnames()) script += " -l " + name;
      for (const auto& name : option->get_snames()) script += " -s " + name;
      if (option->get_items_expected_max() > 0) script += " -r";
      script += " -d " + quoted_for_fish(option->get_description()) + "\n";
    }
  }
  return script;
}

/// Text of a man page: a backslash and a full stop at the beginning of a line mean something there.
std::string roff(const std::string& text) {
  std::string out;
  bool line_begins = true;
  for (const char c : text) {
    if (line_begins && (c == '.' || c == '\'')) out += "\\&";
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      out += c;
    }
    line_begins = c == '\n';
  }
  return out;
}

std::string shown_option(const CLI::Option& option) {
  if (is_positional(option)) return "\\fI" + roff(option.get_name(true, false)) + "\\fR";
  std::string shown;
  for (const auto& name : option.get_snames()) shown += (shown.empty() ? "" : ", ") + roff("-" + name);
  for (const auto& name : option.get_lnames()) shown += (shown.empty() ? "" : ", ") + roff("--" + name);
  shown = "\\fB" + shown + "\\fR";
  if (option.get_items_expected_max() > 0) shown += " \\fIVALUE\\fR";
  return shown;
}

std::string man_command(const CLI::App& command) {
  std::string text = ".SS stepd " + roff(command.get_name()) + "\n" + roff(command.get_description()) + ".\n";
  for (const auto* option : options_of(command)) {
    text += ".TP\n" + shown_option(*option) + "\n" + roff(option->get_description());
    if (!option->get_default_str().empty()) text += " (default: " + roff(option->get_default_str()) + ")";
    text += "\n";
  }
  if (!command.get_footer().empty()) text += ".PP\n.nf\n" + roff(command.get_footer()) + "\n.fi\n";
  return text;
}

}  // namespace

std::string completion_of(const CLI::App& app, const std::string& shell) {
  if (shell == "fish") return fish_script(app);
  // zsh takes bash's.
  return (shell == "zsh" ? "autoload -U +X bashcompinit && bashcompinit\n" : "") + bash_script(app);
}

std::string man_page_of(const CLI::App& app) {
  std::string page = ".TH STEPD 1 \"\" \"stepd " STEPD_VERSION "\"\n.SH NAME\nstepd \\- " +
                     roff(app.get_description()) + "\n.SH SYNOPSIS\n.B stepd\n.I COMMAND\n[options]\n.SH COMMANDS\n";
  for (const auto* command : commands_of(app)) page += man_command(*command);
  page +=
      ".SH ENVIRONMENT\n.TP\n.B STEPD_ENDPOINT\nThe daemon that commands ask, if \\-\\-endpoint does not name one.\n"
      ".TP\n.B NO_COLOR\nNothing is coloured if this is set.\n"
      ".SH EXIT STATUS\n0: done. 1: done, and the answer is no: invalid, failed, not there. 2: wrong usage, unreadable "
      "files, or no daemon answers.\n";
  return page;
}

}  // namespace stepd::daemon
