#include "engine/asl/jsonata/number_words.h"

#include "engine/asl/jsonata/text_units.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <vector>

namespace stepd::jsonata {

namespace {

constexpr std::array<std::string_view, 20> kFew{
    "Zero", "One",    "Two",    "Three",    "Four",     "Five",    "Six",     "Seven",     "Eight",    "Nine",
    "Ten",  "Eleven", "Twelve", "Thirteen", "Fourteen", "Fifteen", "Sixteen", "Seventeen", "Eighteen", "Nineteen"};
constexpr std::array<std::string_view, 20> kOrdinals{
    "Zeroth",     "First",     "Second",    "Third",       "Fourth",     "Fifth",     "Sixth",
    "Seventh",    "Eighth",    "Ninth",     "Tenth",       "Eleventh",   "Twelfth",   "Thirteenth",
    "Fourteenth", "Fifteenth", "Sixteenth", "Seventeenth", "Eighteenth", "Nineteenth"};
constexpr std::array<std::string_view, 9> kTens{"Twenty",  "Thirty", "Forty",  "Fifty",  "Sixty",
                                                "Seventy", "Eighty", "Ninety", "Hundred"};
constexpr std::array<std::string_view, 4> kMagnitudes{"Thousand", "Million", "Billion", "Trillion"};

/// `joined`: other words stand before.
void append_words(double value, bool joined, bool ordinal, std::string& out) {
  if (value < 20) {
    if (joined) out += " and ";
    out += (ordinal ? kOrdinals : kFew)[static_cast<std::size_t>(value)];
  } else if (value < 100) {
    if (joined) out += " and ";
    const auto tens = static_cast<std::size_t>(value / 10);
    const double rest = std::fmod(value, 10);
    out += kTens[tens - 2];
    if (rest > 0) {
      out += '-';
      append_words(rest, false, ordinal, out);
    } else if (ordinal) {
      out.pop_back();
      out += "ieth";
    }
  } else {
    if (joined) out += ", ";
    double rest = 0;
    if (value < 1000) {
      out += kFew[static_cast<std::size_t>(value / 100)];
      out += " Hundred";
      rest = std::fmod(value, 100);
    } else {
      const auto magnitude =
          std::min<std::size_t>(static_cast<std::size_t>(std::floor(std::log10(value) / 3)), kMagnitudes.size());
      const double factor = std::pow(10, static_cast<double>(magnitude) * 3);
      const double count = std::floor(value / factor);
      append_words(count, false, false, out);
      out.append(" ").append(kMagnitudes[magnitude - 1]);
      rest = value - count * factor;
    }
    if (rest > 0) {
      append_words(rest, true, ordinal, out);
    } else if (ordinal) {
      out += "th";
    }
  }
}

struct Word {
  std::string text;
  double value;
};

const std::vector<Word>& known_words() {
  static const std::vector<Word> kWords = [] {
    std::vector<Word> all;
    for (std::size_t i = 0; i < kFew.size(); ++i) all.push_back({to_lower(kFew[i]), static_cast<double>(i)});
    for (std::size_t i = 0; i < kOrdinals.size(); ++i) all.push_back({to_lower(kOrdinals[i]), static_cast<double>(i)});
    for (std::size_t i = 0; i < kTens.size(); ++i) {
      const auto value = static_cast<double>((i + 2) * 10);
      std::string tens = to_lower(kTens[i]);
      all.push_back({tens, value});
      tens.pop_back();
      all.push_back({tens + "ieth", value});
    }
    all.push_back({"hundredth", 100});
    for (std::size_t i = 0; i < kMagnitudes.size(); ++i) {
      const double value = std::pow(10, static_cast<double>(i + 1) * 3);
      all.push_back({to_lower(kMagnitudes[i]), value});
      all.push_back({to_lower(kMagnitudes[i]) + "th", value});
    }
    return all;
  }();
  return kWords;
}

/// Cuts at ", ", " and ", blanks, backslashes and hyphens.
std::vector<std::string_view> parts_of(std::string_view text) {
  constexpr std::string_view kSpaceCharacters = " \t\n\r\f\v";
  const auto is_blank = [&](std::size_t at) {
    return at < text.size() && kSpaceCharacters.find(text[at]) != std::string_view::npos;
  };
  std::vector<std::string_view> parts;
  std::size_t begin = 0;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t size = 0;
    if (text[at] == ',' && is_blank(at + 1)) {
      size = 2;
    } else if (is_blank(at)) {
      size = text.substr(at + 1).starts_with("and") && is_blank(at + 4) ? 5 : 1;
    } else if (text[at] == '-' || text[at] == '\\') {
      size = 1;
    }
    if (size == 0) {
      ++at;
      continue;
    }
    parts.push_back(text.substr(begin, at - begin));
    begin = at += size;
  }
  parts.push_back(text.substr(begin));
  return parts;
}

}  // namespace

std::string number_to_words(double value, bool ordinal) {
  std::string out;
  append_words(value, false, ordinal, out);
  return out;
}

double words_to_number(std::string_view text) {
  std::vector<double> segments{0};
  for (const auto part : parts_of(text)) {
    const auto word =
        std::find_if(known_words().begin(), known_words().end(), [&](const Word& each) { return each.text == part; });
    if (word == known_words().end()) return std::numeric_limits<double>::quiet_NaN();
    if (word->value >= 100) {
      segments.back() *= word->value;
    } else if (segments.back() >= 1000) {
      segments.push_back(word->value);
    } else {
      segments.back() += word->value;
    }
  }
  return std::accumulate(segments.begin(), segments.end(), 0.0);
}

std::string word_pattern() {
  std::string pattern = "(?:";
  for (const Word& word : known_words()) pattern += word.text + "|";
  return pattern + "and|[\\-, ])+";
}

}  // namespace stepd::jsonata
