// Runs a job so that no exception leaves it: an exception that reached the end of a thread would end the process, and
// one request, timer or file may not cost more than itself.
#pragma once

#include <cstdint>
#include <exception>
#include <string_view>

namespace stepd {

/// Logs and counts an exception that left a job of `where`. `error` is what() or says that it is not known.
void note_escaped(std::string_view where, std::string_view error) noexcept;

/// How many exceptions run_guarded() has stopped since the process began. Thread: any.
std::uint64_t escaped_exceptions() noexcept;

/// Whether the job ended without an exception. What it leaves undone is its own.
template <class Job>
bool run_guarded(std::string_view where, Job&& job) noexcept {
  try {
    job();
    return true;
  } catch (const std::exception& error) {
    note_escaped(where, error.what());
  } catch (...) {
    note_escaped(where, "an exception of an unknown type");
  }
  return false;
}

}  // namespace stepd
