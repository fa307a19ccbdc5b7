// Numbers as English words.
#pragma once

#include <string>
#include <string_view>

namespace stepd::jsonata {

/// In title case: "One Hundred and Five", "Twenty-First". `value` is whole and not negative.
std::string number_to_words(double value, bool ordinal);
/// Of a text in lower case; NaN if a word is not known.
double words_to_number(std::string_view text);
/// A regular expression of such texts.
std::string word_pattern();

}  // namespace stepd::jsonata
