// `stepd start`: starts an execution, and waits for it if that is wanted.
#include "daemon/cli/cli.h"
#include "daemon/cli/commands.h"
#include "daemon/cli/remote/history_view.h"
#include "daemon/text_file.h"

#include "base/encoding.h"
#include "base/payload.h"

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <thread>

namespace stepd::daemon {
namespace {

struct Options {
  RemoteOptions remote;
  std::string machine;
  std::string input = "{}";
  std::string name;
  bool follow = false;
  bool wait = false;
};

/// After an answer that came before the end, which a daemon gives at once when it ends itself.
constexpr std::chrono::milliseconds kBetweenWaits{200};

Result<std::string> read_input(const std::string& given) {
  if (given == "-") return std::string(std::istreambuf_iterator<char>(std::cin), {});
  if (given.starts_with('@')) return read_text_file(given.substr(1));
  return given;
}

/// The same value: what is above ASCII's first control characters, which JSON escapes anyway, and yet a command to
/// terminals (DEL, and U+0080 to U+009F in UTF-8) is escaped.
std::string escape_controls(std::string_view json) {
  std::string escaped;
  char code[8];
  for (std::size_t i = 0; i < json.size(); ++i) {
    const auto byte = static_cast<unsigned char>(json[i]);
    const auto next = i + 1 < json.size() ? static_cast<unsigned char>(json[i + 1]) : 0U;
    const bool is_c1 = byte == 0xc2 && next >= 0x80 && next <= 0x9f;
    if (!is_c1 && byte != 0x7f) {
      escaped += json[i];
      continue;
    }
    std::snprintf(code, sizeof code, "\\u%04x", is_c1 ? next : byte);
    escaped += code;
    if (is_c1) ++i;
  }
  return escaped;
}

/// Its output and nothing else, for scripts; why there is none is said on standard error.
int show_output(Remote& remote, const Json& end) {
  const bool succeeded = end.value("status", "") == "SUCCEEDED";
  if (remote.json) {
    remote.terminal.line(print_json(end));
  } else if (succeeded) {
    remote.terminal.line(escape_controls(end.value("output", "")));
  } else {
    const auto why = end.value("status", "") + " " + end.value("error", "") + ": " + end.value("cause", "");
    std::cerr << "stepd: " << printable(why, 4'000) << "\n";
  }
  return succeeded ? kSuccess : kFailure;
}

int run_express(Remote& remote, const Json& request, bool output_alone) {
  const auto ended = remote.daemon.call("StartSyncExecution", request);
  if (!ended) return complain_of(ended.error(), remote);
  if (output_alone) return show_output(remote, *ended);
  if (remote.json) remote.terminal.line(print_json(*ended));
  return show_end(remote, *ended);
}

/// By long polls, which cost neither side anything while the execution goes on.
Result<Json> await_end(Remote& remote, const std::string& execution_arn) {
  for (;;) {
    STEPD_TRY(const auto body, remote.daemon.get("/executions/" + percent_encode(execution_arn) + "/wait?timeout=60"));
    STEPD_TRY(auto answer, parse_json(body));
    const bool has_status = answer.is_object() && answer.contains("status") && answer["status"].is_string();
    if (!has_status) return AslError{"Http.Unexpected", "The daemon's answer has no status."};
    if (answer["status"] != "RUNNING") return answer;
    std::this_thread::sleep_for(kBetweenWaits);
  }
}

int start(const Options& options) {
  Remote remote(options.remote);
  const auto input = read_input(options.input);
  if (!input) {
    std::cerr << "stepd: " << input.error().cause << "\n";
    return kCannotRun;
  }
  const auto machine = remote.machine_arn(options.machine);
  if (!machine) return complain_of(machine.error(), remote);
  Json request{{"stateMachineArn", *machine}, {"input", *input}};
  if (!options.name.empty()) request["name"] = options.name;
  if (options.follow || options.wait) {
    const auto described = remote.daemon.call("DescribeStateMachine", {{"stateMachineArn", *machine}});
    if (!described) return complain_of(described.error(), remote);
    if (described->at("type") == "EXPRESS") return run_express(remote, request, options.wait);
  }
  const auto started = remote.daemon.call("StartExecution", request);
  if (!started) return complain_of(started.error(), remote);
  const auto arn = started->at("executionArn").get<std::string>();
  if (options.wait) {
    const auto end = await_end(remote, arn);
    return end ? show_output(remote, *end) : complain_of(end.error(), remote);
  }
  if (!options.follow) {
    remote.terminal.line(remote.json ? print_json(*started) : arn);
    return kSuccess;
  }
  HistoryView view(remote, arn);
  const auto end = view.follow();
  return end ? show_end(remote, *end) : complain_of(end.error(), remote);
}

}  // namespace

void declare_start(CLI::App& app, int& exit_code) {
  const auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("start", "start an execution and print its ARN");
  command->add_option("MACHINE", options->machine, "name or ARN of the state machine, or of a version or an alias")
      ->required();
  command->add_option("INPUT", options->input, "JSON, @FILE, or - for standard input")->capture_default_str();
  command->add_option("--name", options->name, "of the execution; a second start by one name starts nothing new");
  auto* follow = command->add_flag(
      "-f,--follow", options->follow,
      "show its events until it has ended, or the result of an EXPRESS one; exit code 1 if it has failed");
  command->add_flag("-w,--wait", options->wait, "print its output once it has ended; exit code 1 if it has failed")
      ->excludes(follow);
  add_remote_options(*command, options->remote);
  command->callback([options, &exit_code] { exit_code = start(*options); });
}

}  // namespace stepd::daemon
