// Keys of items as bytes: their order is that of the values, and none of them is the beginning of another, so that a
// key of several parts is one part after the other.
#pragma once

#include "base/attribute/attribute.h"

#include <string>
#include <string_view>

namespace stepd::storage {

/// Of a text, a number or bytes; empty for other types. Equal numbers have equal keys.
std::string key_bytes(const Attribute& value);
/// What the keys of all texts, or all bytes, with this beginning begin with.
std::string key_bytes_of_beginning(const Attribute& beginning);
/// The first bytes that come after all that begin with `prefix`, which begins as a key does.
std::string after_all(std::string prefix);

}  // namespace stepd::storage
