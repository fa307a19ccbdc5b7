#include "daemon/cli/remote/history_view.h"

#include "base/payload.h"
#include "daemon/cli/cli.h"

#include <array>
#include <chrono>
#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

namespace stepd::daemon {
namespace {

constexpr std::chrono::milliseconds kBetweenQuestions{500};
constexpr std::size_t kShownBytes = 200;

/// The member that holds what the event tells: `taskFailedEventDetails` and the like.
const Json* details_of(const Json& event) {
  for (const auto& [name, value] : event.items()) {
    if (name.ends_with("EventDetails")) return &value;
  }
  return nullptr;
}

std::string text_of(const Json& details, const char* member) {
  const auto found = details.find(member);
  return found != details.end() && found->is_string() ? found->get<std::string>() : "";
}

/// What a line says of an event, beside its kind.
std::string summary_of(const Json& details) {
  std::string text = text_of(details, "name");
  const auto add = [&text](const std::string& more) {
    if (!more.empty()) text += (text.empty() ? "" : "  ") + more;
  };
  add(text_of(details, "resource"));
  if (const auto error = text_of(details, "error"); !error.empty() || details.contains("cause")) {
    const auto cause = text_of(details, "cause");
    add(error + (cause.empty() ? "" : (error.empty() ? "" : ": ") + printable(cause, 1'000)));
  }
  for (const char* member : {"input", "output"}) {
    if (const auto value = text_of(details, member); !value.empty()) add(printable(value, kShownBytes));
  }
  return text;
}

}  // namespace

void HistoryView::print(const Json& event) {
  if (remote_.json) return remote_.terminal.line(print_json(event));
  const auto at = event.at("timestamp").get<double>();
  const auto type = event.at("type").get<std::string>();
  if (began_ == 0) began_ = at;
  std::array<char, 64> head{};
  std::snprintf(head.data(), head.size(), "%5lld %11.3f  ", static_cast<long long>(event.at("id").get<std::int64_t>()),
                at - began_);
  std::string kind = type;
  kind.resize(std::max<std::size_t>(28, kind.size()), ' ');
  const auto* details = details_of(event);
  remote_.terminal.line(remote_.terminal.paint(head.data(), Colour::Dim) +
                        remote_.terminal.paint(kind, colour_of(type)) + "  " +
                        (details == nullptr ? "" : printable(summary_of(*details), 4'000)));
}

Result<void> HistoryView::print_new() {
  // The first time from the beginning; later backwards, until what is known already.
  std::vector<Json> fresh;
  const bool backwards = last_id_ > 0;
  const auto read = remote_.daemon.pages(
      "GetExecutionHistory",
      {{"executionArn", arn_}, {"reverseOrder", backwards}, {"maxResults", backwards ? 100 : 1000}},
      [&](const Json& page) {
        for (const auto& event : page.at("events")) {
          if (event.at("id").get<std::int64_t>() <= last_id_) return false;
          if (backwards) {
            fresh.push_back(event);
          } else {
            print(event);
            last_id_ = event.at("id").get<std::int64_t>();
          }
        }
        return true;
      });
  if (!read) return read.error();
  for (auto event = fresh.rbegin(); event != fresh.rend(); ++event) {
    print(*event);
    last_id_ = event->at("id").get<std::int64_t>();
  }
  remote_.terminal.out() << std::flush;
  return {};
}

Result<Json> HistoryView::follow() {
  for (;;) {
    // Asked first, so that no event comes between the history and the end.
    const auto description = remote_.daemon.call("DescribeExecution", {{"executionArn", arn_}});
    if (!description) return description.error();
    if (const auto printed = print_new(); !printed) return printed.error();
    if (description->at("status") != "RUNNING") return *description;
    std::this_thread::sleep_for(kBetweenQuestions);
  }
}

int show_end(const Remote& remote, const Json& description) {
  const auto status = description.at("status").get<std::string>();
  if (!remote.json) {
    std::string text = remote.terminal.paint(status, colour_of(status));
    for (const char* member : {"output", "error", "cause"}) {
      const auto value = text_of(description, member);
      if (!value.empty()) text += "  " + printable(value, 4'000);
    }
    remote.terminal.line(text);
  }
  return status == "SUCCEEDED" ? kSuccess : kFailure;
}

}  // namespace stepd::daemon
