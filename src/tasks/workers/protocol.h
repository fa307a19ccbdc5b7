// What the daemon, the process that workers are forked from and the workers tell each other. All of them run the same
// program, so plain structures are sent as they lie in memory.
#pragma once

#include "base/process_message.h"
#include "base/result.h"
#include "tasks/image/job.h"
#include "tasks/workers/sandbox.h"

#include <sys/types.h>

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace stepd::tasks::workers {

/// The first words to the process that workers are forked from; it answers with Ready, or with a text that says why
/// not.
struct Hello {
  Confinement confinement;
};
struct Ready {
  Fences fences;
};

enum class Wish : std::uint32_t {
  Fork,  ///< with the worker's end of a socket; answered by Forked
  End,   ///< a worker, which may be dead already: kill and reap it; answered by Ended
};
struct Order {
  Wish wish = Wish::Fork;
  pid_t pid = 0;
};
struct Forked {
  pid_t pid = 0;
  int error = 0;
};
struct Ended {
  int status = 0;  ///< as waitpid() gives it
  std::int64_t peak_bytes = 0;
};

/// With these a worker ends by itself.
enum WorkerExit : int {
  kExitDone = 0,
  kExitUnconfined = 70,   ///< the sandbox could not be put up
  kExitOutOfMemory = 71,  ///< where a library gives up rather than fail
};

/// What a worker says of its work.
struct Report {
  Result<image::Work> result;
  std::uint64_t peak_bytes = 0;  ///< of memory, since it was forked
};

template <class T>
std::string_view bytes_of(const T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  return {reinterpret_cast<const char*>(&value), sizeof value};
}

/// None if `text` has not the size.
template <class T>
std::optional<T> read_bytes(std::string_view text) {
  static_assert(std::is_trivially_copyable_v<T>);
  if (text.size() != sizeof(T)) return std::nullopt;
  T value;
  std::memcpy(&value, text.data(), sizeof value);
  return value;
}

/// All of a job but its pictures, which go along as files.
std::string encode_job(const image::Job& job);
/// The same, still without pictures; none if it is malformed.
std::optional<image::Job> decode_job(std::string_view text);

/// All but the files of the work, which go along as such.
std::string encode_report(const Report& report);
/// `files` as they came with it. An error is that of the work; none if the report is malformed.
std::optional<Report> decode_report(std::string_view text, const std::vector<Descriptor>& files,
                                    std::uint64_t max_file_bytes);

}  // namespace stepd::tasks::workers
