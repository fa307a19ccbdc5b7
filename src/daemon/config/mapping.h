// Reads one mapping of a configuration key by key: what is missing, wrong or unknown becomes a fault at its place.
// It does not depend on the sections.
#pragma once

#include "base/member_reader.h"
#include "engine/asl/diagnostic.h"

#include <chrono>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::daemon {

/// Where the paths of a configuration begin.
struct Places {
  std::filesystem::path folder;  ///< of the configuration file
  std::filesystem::path data;    ///< what `<data>` stands for

  std::filesystem::path resolve(const std::string& written) const;
};

/// What all mappings of one file share.
struct Reading {
  Places places;
  asl::Diagnostics faults;
};

/// Each call names one key; finish() refuses those that no call named. After a fault a call answers its fallback, so
/// that a section reads on and every fault is told at once. A key without a value counts as absent.
class Mapping final : public MemberReader {
 public:
  /// Both given outlive it. An absent mapping is null.
  Mapping(const Json& value, std::string pointer, Reading& reading);

  /// Its keys.
  std::vector<std::string> names() const;
  /// The whole as it was written; names every key.
  const Json& take_all();

  /// Required, not empty.
  std::string text(std::string_view name);
  std::optional<std::string> optional_text(std::string_view name) { return filled_string(name); }
  std::vector<std::string> texts(std::string_view name);
  bool flag(std::string_view name, bool fallback) { return boolean(name).value_or(fallback); }
  /// `high` is below 2^63.
  std::uint64_t number(std::string_view name, std::uint64_t low, std::uint64_t high, std::uint64_t fallback);
  /// A number, or one with KiB, MiB or GiB behind it.
  std::uint64_t bytes(std::string_view name, std::uint64_t fallback);
  /// A number with ms, s, m or h behind it.
  std::chrono::milliseconds duration(std::string_view name, std::chrono::milliseconds low,
                                     std::chrono::milliseconds high, std::chrono::milliseconds fallback);
  /// Resolved; see Places.
  std::optional<std::filesystem::path> path(std::string_view name);
  /// Required if `required`; else absent is null.
  const Json* object(std::string_view name, bool required);
  /// The position in `words`, the first if absent.
  std::size_t choice(std::string_view name, const std::vector<std::string>& words);

  /// A section within: `read` names its keys.
  void section(std::string_view name, const std::function<void(Mapping&)>& read);
  /// A mapping whose keys are names, each with a section.
  void each(std::string_view name, const std::function<void(const std::string& key, Mapping&)>& read);

  void fault(std::string_view name, std::string message);
  void fault_here(std::string message);
  void finish();

  std::string pointer_to(std::string_view name) const;
  const std::string& pointer() const { return pointer_; }
  Reading& reading() { return reading_; }

 private:
  static const Dialect kDialect;
  void mistyped(std::string_view name, const Wanted& wanted, const Json& found) override;
  void mismatch(std::string_view name, std::string_view expected, const Json& found);
  void missing(std::string_view name);

  std::string pointer_;
  Reading& reading_;
};

/// `, did you mean 'x'?` if one of `known` is near, else the list of what is known.
std::string suggestion(std::string_view word, const std::vector<std::string>& known);

}  // namespace stepd::daemon
