// Tells what a file is by its first bytes, never by its name. A pure function; it validates no more than it needs to
// tell the types apart, so a damaged picture still has its type.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace stepd::tasks::image {

struct FileType {
  std::string_view name;  ///< "jpeg", "png", ...: what handlers report and compare
  std::string_view media_type;
  std::string_view extension;                  ///< canonical, without dot
  std::string_view title;                      ///< for people: "a JPEG picture"
  std::array<std::string_view, 4> also_named;  ///< further extensions in use
};

/// Enough bytes to find an SVG's root behind a long comment; every other type needs fewer than 4,096.
inline constexpr std::size_t kSniffBytes = 65'536;

/// nullptr when the type is not known. `prefix` is the start of the file, kSniffBytes of it or all.
const FileType* sniff(std::string_view prefix);

/// The type of that name; nullptr if there is none.
const FileType* type_named(std::string_view name);

/// Whether `extension` (without dot, any case) is one that files of this type carry.
bool is_extension_of(const FileType& type, std::string_view extension);

/// For error texts: the type's title, else "text", "an empty file" or "data of an unknown type".
std::string describe_content(std::string_view prefix);

/// What follows the last dot of the key's last part, as written; none without a dot or when that dot comes first.
std::optional<std::string> name_extension(std::string_view key);

}  // namespace stepd::tasks::image
