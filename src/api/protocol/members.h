// A typed reader of a request's members: it takes each with its constraints and collects every fault in AWS's words.
// It does not depend on the operations.
#pragma once

#include "api/protocol/api_error.h"
#include "base/member_reader.h"

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::api {

/// What AWS's model says of a string. Lengths are in UTF-16 units, as AWS counts them.
struct StringRule {
  std::size_t length_min = 0;
  std::size_t length_max = SIZE_MAX;
  bool sensitive = false;  ///< its value is not repeated in messages
  bool ascii = false;      ///< nothing else may be in it
};

struct ListRule {
  std::size_t length_min = 0;
  std::size_t length_max = SIZE_MAX;
};

namespace rules {
inline constexpr StringRule kArn{1, 256};
inline constexpr StringRule kName{1, 80};
inline constexpr StringRule kDefinition{1, 1'048'576, true};
inline constexpr StringRule kPayload{0, 262'144, true};
inline constexpr StringRule kError{0, 256, true};
inline constexpr StringRule kCause{0, 32'768, true};
inline constexpr StringRule kTraceHeader{0, 256, false, true};
inline constexpr StringRule kTaskToken{1, 2'048, true};
inline constexpr StringRule kPageToken{1, 1'024};
inline constexpr StringRule kExecutionsPageToken{1, 3'096};
inline constexpr StringRule kLongArn{1, 2'000};
inline constexpr StringRule kDescription{0, 256, true};
inline constexpr StringRule kStateName{1, 80, true};
inline constexpr StringRule kTagKey{1, 128};
inline constexpr StringRule kClientToken{1, 64};
}  // namespace rules

/// Members that are null count as absent, and members nobody asks for are ignored, as AWS does both. After the last
/// read, check fault(): until then a faulty member reads as absent.
class Members final : public MemberReader {
 public:
  /// `object` must be a JSON object and outlive the reader.
  explicit Members(const Json& object) : Members(object, "", nullptr) {}
  /// Of a structure within the request; `path` comes before the names in messages.
  Members(const Json& object, std::string path, Members& parent) : Members(object, std::move(path), &parent) {}

  std::string required_string(const char* name, const StringRule& rule);
  std::optional<std::string> string(const char* name, const StringRule& rule);
  std::optional<std::string> one_of(const char* name, std::initializer_list<const char*> values);
  std::string required_one_of(const char* name, std::initializer_list<const char*> values);
  std::int64_t required_integer(const char* name, std::int64_t min, std::int64_t max);
  const Json* structure(const char* name) { return object(name); }
  /// Readers of a list's elements; they share this one's faults and must not outlive it. Empty if it is absent.
  std::vector<Members> structures(const char* name, const ListRule& rule = {});
  std::vector<std::string> strings(const char* name, const StringRule& rule);
  /// Reports a member that is absent; of a wrong type it is reported already.
  void require(const char* name);

  std::string path_of(std::string_view name) const { return path_ + std::string(name); }
  /// A constraint that only its reader knows. `value` as the message shows it.
  void violates(std::string_view name, const std::optional<std::string>& value, const std::string& constraint);

  /// SerializationException for a member of the wrong type, else all broken constraints as one ValidationException.
  std::optional<ApiError> fault() const;

 private:
  static const Dialect kDialect;
  Members(const Json& object, std::string path, Members* parent)
      : MemberReader(object, kDialect), path_(std::move(path)), parent_(parent) {}
  void mistyped(std::string_view name, const Wanted& wanted, const Json& found) override;
  bool out_of_range(std::string_view name, const Wanted& wanted, const Json& found, bool too_small) override;
  void check(const char* name, const std::string& value, const StringRule& rule);
  void check_enum(const char* name, const std::string& value, std::initializer_list<const char*> values);
  void refuse(const std::string& path, const Wanted& wanted, const Json& found);
  void refuse_null(const std::string& path);
  Members& root() { return parent_ ? parent_->root() : *this; }

  std::string path_;
  Members* parent_;
  std::vector<std::string> violations_;
  std::optional<std::string> wrong_type_;
};

}  // namespace stepd::api
