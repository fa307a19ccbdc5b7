// Functions that look for a string or a regular expression: $match, $contains, $replace, $split. The matcher may be a
// lambda that answers as a regular expression does.
#include "engine/asl/jsonata/function_table.h"
#include "engine/asl/jsonata/json_text.h"
#include "engine/asl/jsonata/text_units.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace stepd::jsonata {

namespace {

Item make_match(const Regex::Match& found, const Item& subject, Meter& meter) {
  static const Key kMatch("match");
  static const Key kStart("start");
  static const Key kEnd("end");
  static const Key kGroups("groups");
  const std::string_view text = subject.text();
  const auto part = [&](const Regex::Range& range) {
    return Item::string(std::string(text.substr(range.begin, range.end - range.begin)), meter);
  };
  const bool ascii = is_ascii(text);
  const auto units = [&](std::size_t bytes) {
    return Item::number(static_cast<double>(ascii ? bytes : utf16_length(text.substr(0, bytes))));
  };
  const Ref<Map> map(new Map(meter));
  map->set(kMatch, part(found.whole));
  map->set(kStart, units(found.whole.begin));
  map->set(kEnd, units(found.whole.end));
  const auto groups = new_list(meter);
  for (const auto& group : found.groups) groups->push(group ? part(*group) : Item());
  map->set(kGroups, array_of(groups));
  return {Tag::Map, map};
}

/// One match, whoever has found it. Positions are bytes.
struct Found {
  std::size_t begin = 0;
  std::size_t end = 0;
  Item match;
  std::vector<Item> groups;  // undefined: took no part
  Item next;                 // of a lambda
};

/// The matches of a text, one after another.
class Matches {
 public:
  Matches(const Call& call, const Item& matcher, const Item& subject)
      : call_(call), matcher_(matcher), subject_(subject) {
    if (matcher.tag() != Tag::Function || matcher.function().kind != Function::Kind::Regex) return;
    regex_ = &matcher.function();
    workspace_.emplace(*regex_->regex);
  }

  bool next(Found& found) {
    const bool more = regex_ != nullptr ? next_of_regex(found) : next_of_lambda(found);
    first_ = false;
    return more;
  }

 private:
  bool next_of_regex(Found& found) {
    const std::string_view text = subject_.text();
    if (!first_ && at_ >= text.size()) return false;
    const auto match = regex_->regex->find(text, at_, call_.meter(), *workspace_);
    if (!match) return false;
    if (!first_ && match->whole.begin == match->whole.end) throw Failure("D1004", regex_->position);
    at_ = match->whole.end;
    const auto part = [&](const Regex::Range& range) {
      return Item::string(std::string(text.substr(range.begin, range.end - range.begin)), call_.meter());
    };
    found.begin = match->whole.begin;
    found.end = match->whole.end;
    found.match = part(match->whole);
    found.groups.clear();
    for (const auto& group : match->groups) found.groups.push_back(group ? part(*group) : Item());
    return true;
  }

  bool next_of_lambda(Found& found) {
    Arguments arguments;
    if (first_) arguments.push_back(subject_);
    const Item& function = first_ ? matcher_ : found.next;
    if (!function.is_function()) return false;
    call_.meter().step();
    const Item result = call_.evaluator.apply(function, std::move(arguments), Item(), call_.frame);
    if (result.is_undefined()) return false;
    const Item start = result.find("start");
    const Item end = result.find("end");
    const Item groups = result.find("groups");
    const Item next = result.find("next");
    if (!start.is_number() && !end.is_number() && !groups.is_array() && !next.is_function()) throw Failure("T1010");
    const auto bytes = [&](const Item& units) {
      return utf16_offset(subject_.text(), static_cast<std::size_t>(std::clamp(units.number(), 0.0, 1e9)));
    };
    found.match = result.find("match");
    found.begin = bytes(start);
    found.end = std::max(found.begin, bytes(end));
    found.groups.clear();
    if (groups.is_array()) for_each(groups, [&](const Item& group) { found.groups.push_back(group); });
    found.next = next;
    return true;
  }

  const Call& call_;
  const Item& matcher_;
  const Item& subject_;
  const Function* regex_ = nullptr;
  std::optional<Regex::Workspace> workspace_;
  std::size_t at_ = 0;
  bool first_ = true;
};

double limit_of(const Item& limit, std::string_view code) {
  if (limit.is_undefined()) return std::numeric_limits<double>::infinity();
  if (limit.number() < 0) throw Failure(code).with_value(js_number(limit.number()));
  return limit.number();
}

/// The replacement with its $1 and so on filled in.
std::string expand(std::string_view replacement, const Found& found) {
  const std::size_t groups = found.groups.size();
  std::string out;
  std::size_t at = 0;
  while (at < replacement.size()) {
    const std::size_t dollar = replacement.find('$', at);
    out += replacement.substr(at, dollar - at);
    if (dollar == std::string_view::npos) break;
    at = dollar + 1;
    const char c = at < replacement.size() ? replacement[at] : '\0';
    if (c == '$') {
      out += '$';
      ++at;
    } else if (c == '0') {
      out += found.match.text();
      ++at;
    } else if (c >= '1' && c <= '9') {
      std::size_t digits = groups == 0 ? 1 : std::to_string(groups).size();
      std::size_t index = 0;
      std::size_t used = 0;
      for (; digits > 0; --digits) {
        index = used = 0;
        while (used < digits && at + used < replacement.size() && replacement[at + used] >= '0' &&
               replacement[at + used] <= '9') {
          index = index * 10 + static_cast<std::size_t>(replacement[at + used++] - '0');
        }
        if (index <= groups || digits == 1) break;
      }
      if (index >= 1 && index <= groups) out += found.groups[index - 1].text();
      at += used;
    } else {
      out += '$';
    }
  }
  return out;
}

/// What the replacement function makes of a match.
std::string replaced_by(const Call& call, const Found& found) {
  static const Key kMatch("match");
  static const Key kStart("start");
  static const Key kEnd("end");
  static const Key kGroups("groups");
  const std::string_view text = call[0].text();
  const Ref<Map> map(new Map(call.meter()));
  const auto units = [&](std::size_t bytes) {
    return Item::number(static_cast<double>(utf16_length(text.substr(0, bytes))));
  };
  map->set(kMatch, found.match);
  map->set(kStart, units(found.begin));
  map->set(kEnd, units(found.end));
  const auto groups = new_list(call.meter());
  for (const Item& group : found.groups) groups->push(group);
  map->set(kGroups, array_of(groups));
  Arguments arguments;
  arguments.push_back({Tag::Map, map});
  const Item result = call.evaluator.apply(call[2], std::move(arguments), Item(), call.frame);
  if (!result.is_string()) throw Failure("D3012").with_value(json_for_error(result));
  return std::string(result.text());
}

}  // namespace

Item match_object(const Function& regex, std::size_t from, const Item& subject, Meter& meter) {
  const auto found = regex.regex->find(subject.text(), from, meter);
  if (!found) return {};
  Item match = make_match(*found, subject, meter);
  Ref<Function> next(new Function(meter, Function::Kind::NextMatch));
  next->regex = regex.regex;
  next->position = regex.position;
  next->from = found->whole.end;
  next->input = subject;
  match.map().set(Key("next"), {Tag::Function, next});
  return match;
}

Item next_match(const Function& function, Meter& meter) {
  if (function.from >= function.input.text().size()) return {};
  Item match = match_object(function, function.from, function.input, meter);
  if (!match.is_undefined() && match.find("match").text().empty()) throw Failure("D1004", function.position);
  return match;
}

namespace native {

Item match(const Call& call) {
  if (call.lacks(0)) return {};
  static const Key kMatch("match");
  static const Key kIndex("index");
  static const Key kGroups("groups");
  const double limit = limit_of(call[2], "D3040");
  const auto out = new_list(call.meter());
  const std::string_view text = call[0].text();
  const bool ascii = is_ascii(text);
  Matches matches(call, call[1], call[0]);
  Found found;
  for (double count = 0; count < limit && matches.next(found); ++count) {
    const Ref<Map> map(new Map(call.meter()));
    map->set(kMatch, found.match);
    map->set(kIndex,
             Item::number(static_cast<double>(ascii ? found.begin : utf16_length(text.substr(0, found.begin)))));
    const auto groups = new_list(call.meter());
    for (const Item& group : found.groups) groups->push(group);
    map->set(kGroups, array_of(groups));
    out->push({Tag::Map, map});
  }
  return sequence_of(out);
}

Item contains(const Call& call) {
  if (call.lacks(0) || call.lacks(1)) return {};
  if (call[1].is_string()) {
    call.meter().step(call[0].text().size() / 64);
    return Item::boolean(call[0].text().find(call[1].text()) != std::string_view::npos);
  }
  Found found;
  return Item::boolean(Matches(call, call[1], call[0]).next(found));
}

Item replace(const Call& call) {
  if (call.lacks(0) || call.lacks(1)) return {};
  const std::string_view text = call[0].text();
  const Item& pattern = call[1];
  if (pattern.is_string() && pattern.text().empty()) throw Failure("D3010").with_value("\"\"");
  const double limit = limit_of(call[3], "D3011");
  std::string out;
  std::size_t at = 0;
  if (pattern.is_string()) {
    if (!call[2].is_string()) {
      if (call.lacks(2)) return {};
      throw Failure("D3012").with_value(json_for_error(call[2]));
    }
    for (double count = 0; count < limit; ++count) {
      const std::size_t found = text.find(pattern.text(), at);
      if (found == std::string_view::npos) break;
      out.append(text.substr(at, found - at)).append(call[2].text());
      call.meter().step();
      call.meter().check_string(out.size());
      at = found + pattern.text().size();
    }
    out += text.substr(at);
    return Item::string(std::move(out), call.meter());
  }
  Matches matches(call, pattern, call[0]);
  Found found;
  for (double count = 0; count < limit && matches.next(found); ++count) {
    if (found.begin >= at) out += text.substr(at, found.begin - at);
    if (call[2].is_string()) {
      out += expand(call[2].text(), found);
    } else {
      out += replaced_by(call, found);
    }
    at = std::min(found.begin + found.match.text().size(), text.size());
    call.meter().check_string(out.size());
  }
  out += text.substr(at);
  return Item::string(std::move(out), call.meter());
}

Item split(const Call& call) {
  if (call.lacks(0) || call.lacks(1)) return {};
  const std::string_view text = call[0].text();
  const double limit = limit_of(call[2], "D3020");
  const auto out = new_list(call.meter());
  const auto put = [&](std::string_view part) { out->push(Item::string(std::string(part), call.meter())); };
  const auto room = [&] { return static_cast<double>(out->items.size()) < limit; };
  if (call[1].is_string()) {
    const double whole = std::floor(limit);  // as JavaScript's split() takes it
    const auto space = [&] { return static_cast<double>(out->items.size()) < whole; };
    const std::string_view separator = call[1].text();
    call.meter().step(text.size() / 16);
    if (separator.empty()) {
      for (std::size_t at = 0; at < text.size() && space();) {
        const std::size_t begin = at;
        char32_t c = next_code_point(text, at);
        if (c < 0x10000) {
          put(text.substr(begin, at - begin));
          continue;
        }
        c -= 0x10000;
        std::string half;
        append_code_point(half, 0xD800 + (c >> 10));
        put(half);
        half.clear();
        append_code_point(half, 0xDC00 + (c & 0x3FF));
        if (space()) put(half);
      }
      return array_of(out);
    }
    std::size_t at = 0;
    while (space()) {
      const std::size_t found = text.find(separator, at);
      put(text.substr(at, found - at));
      if (found == std::string_view::npos) break;
      at = found + separator.size();
    }
    return array_of(out);
  }
  if (!(limit > 0)) return array_of(out);
  Matches matches(call, call[1], call[0]);
  Found found;
  std::size_t at = 0;
  bool any = false;
  while (room() && matches.next(found)) {
    any = true;
    put(text.substr(at, found.begin >= at ? found.begin - at : 0));
    at = found.end;
  }
  if (!any) {
    put(text);
  } else if (room()) {
    put(text.substr(at));
  }
  return array_of(out);
}

}  // namespace native
}  // namespace stepd::jsonata
