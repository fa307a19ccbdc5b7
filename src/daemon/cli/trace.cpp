#include "daemon/cli/trace.h"

#include "daemon/cli/terminal.h"

#include <algorithm>
#include <chrono>

namespace stepd::daemon {
namespace {

using core::Step;
namespace event = core::event;

constexpr const char* kBold = "1";
constexpr const char* kDim = "2";
constexpr const char* kRed = "31";
constexpr const char* kYellow = "33";
constexpr std::size_t kShownBytes = 1'000;
constexpr std::size_t kColumn = 22;

const char* words(Step step) {
  switch (step) {
    case Step::AfterInputPath:
      return "after InputPath";
    case Step::AfterParameters:
      return "after Parameters";
    case Step::AfterArguments:
      return "arguments";
    case Step::AfterItemsPath:
      return "items";
    case Step::Result:
      return "result";
    case Step::AfterResultSelector:
      return "after ResultSelector";
    case Step::AfterResultPath:
      return "after ResultPath";
    // Settings of a Map, and items that are shown as the inputs of their iterations.
    case Step::AfterItemSelector:
    case Step::MaxConcurrency:
    case Step::ToleratedFailureCount:
    case Step::ToleratedFailurePercentage:
      break;
  }
  return nullptr;
}

/// What fits a terminal: long values are cut.
std::string readable(std::string_view text) {
  auto shown = printable(text, kShownBytes);
  if (text.size() > kShownBytes) shown += " (" + std::to_string(text.size()) + " bytes)";
  return shown;
}

std::string failure_text(const core::Failure& failure) {
  std::string text = failure.error.value_or("(no error name)");
  if (failure.cause && !failure.cause->empty()) text += ": " + *failure.cause;
  return text;
}

std::string seconds(std::chrono::milliseconds span) {
  std::string text = std::to_string(span.count() / 1000);
  if (const auto rest = span.count() % 1000; rest != 0) text += "." + std::to_string(1000 + rest).substr(1);
  return text + " s";
}

}  // namespace

std::string Trace::paint(std::string_view text, const char* colour) const {
  if (!coloured_ || *colour == '\0') return std::string(text);
  return "\x1b[" + std::string(colour) + "m" + std::string(text) + "\x1b[0m";
}

void Trace::note(Place& place, std::string_view what, std::string_view text, const char* colour) {
  std::string label(what);
  label.resize(std::max(kColumn, label.size() + 1), ' ');
  place.pending += std::string(static_cast<std::size_t>(2 * place.depth + 2), ' ') + paint(label, kDim) +
                   paint(readable(text), colour) + "\n";
}

void Trace::note_value(Place& place, std::string_view what, const Payload& value) {
  const auto& text = value.text();
  auto& before = place.told[std::string(what)];
  const bool news = text != place.shown && text != before;
  before = text;
  if (!news) return;
  place.shown = text;
  note(place, what, text);
}

void Trace::title(Place& place, std::string_view text, std::string_view more) {
  place.pending += std::string(static_cast<std::size_t>(2 * place.depth), ' ') + paint(readable(text), kBold);
  if (!more.empty()) place.pending += "  " + paint(more, kDim);
  place.pending += "\n";
}

void Trace::flush(Place& place) {
  out_ << place.pending << std::flush;
  place.pending.clear();
}

void Trace::computed(core::FrameId frame, Step step, const Payload& value) {
  if (const char* what = words(step)) note_value(places_[frame], what, value);
}

void Trace::failed(core::FrameId frame, const core::Failure& failure) {
  auto& place = places_[frame];
  if (place.pending.empty()) title(place, place.state, "failed");  // its branches or iterations came between
  place.failing = true;
  note(place, "error", failure_text(failure), kRed);
}

void Trace::open_below(const core::Execution& execution, core::FrameId parent, std::size_t first,
                       std::string_view what) {
  flush(places_[parent]);
  const int depth = places_[parent].depth;
  const auto& children = execution.children(parent);
  for (std::size_t i = first; i < children.size(); ++i) {
    auto& place = places_[children[i]];
    place.depth = depth + 1;
    title(place, std::string(what) + " " + std::to_string(execution.frame(children[i]).index), "");
    place.depth = depth + 2;
  }
}

void Trace::recorded(const core::Execution& execution, const core::Event& happened) {
  auto& place = places_[happened.frame];
  const auto& body = happened.body;
  if (const auto* entered = std::get_if<event::StateEntered>(&body)) {
    place.state = entered->state;
    place.retries = 0;
    place.failing = false;
    title(place, entered->state, entered->type);
    place.shown.clear();
    place.told.clear();
    note_value(place, "input", entered->input);
  } else if (const auto* task = std::get_if<event::TaskScheduled>(&body)) {
    const auto& label = task->label;
    note(place, "calls", label.type.empty() ? label.resource : label.type + ":" + label.resource);
  } else if (const auto* submitted = std::get_if<event::TaskSubmitted>(&body)) {
    note(place, "submitted", submitted->output.text());
  } else if (const auto* timer = std::get_if<event::TimerArmed>(&body)) {
    note(place, "waits", seconds(timer->due - happened.at));
  } else if (const auto* retry = std::get_if<event::RetryPlanned>(&body)) {
    place.failing = false;
    note(place, "retry " + std::to_string(++place.retries),
         "in " + seconds(retry->due - happened.at) + ", by Retry[" + std::to_string(retry->retrier) + "]", kYellow);
  } else if (std::holds_alternative<event::BranchesOpened>(body)) {
    open_below(execution, happened.frame, 0, "branch");
  } else if (std::holds_alternative<event::IterationStarted>(body)) {
    open_below(execution, happened.frame, execution.children(happened.frame).size() - 1, "iteration");
  } else if (const auto* joined = std::get_if<event::JoinSucceeded>(&body)) {
    title(place, place.state, joined->type + ", joined");
    place.shown.clear();
  } else if (std::holds_alternative<event::TaskSucceeded>(body)) {
    place.shown.clear();  // a result is news, whatever it is
  } else if (const auto* exited = std::get_if<event::StateExited>(&body)) {
    for (const auto& [name, value] : exited->assigned) note(place, "$" + name, value.text());
    note(place, "output", exited->output.text());
    if (!exited->next.empty()) note(place, place.failing ? "caught, next" : "next", exited->next);
    flush(place);
  } else if (std::holds_alternative<event::FrameFailed>(body)) {
    flush(place);
  } else if (std::holds_alternative<event::StateAborted>(body)) {
    note(place, "aborted", "");
    flush(place);
  }
  if (execution.status() == core::Status::Running) return;
  for (auto& [id, each] : places_) flush(each);
  places_.clear();
}

}  // namespace stepd::daemon
