// JSON text -> value, in linear time whatever the text: objects are vectors here, and looking each member up while they
// grow would cost its square. It keeps no positions (engine/asl/source.h does).
#include "base/alien_byte.h"
#include "base/limits.h"
#include "base/long_integer.h"
#include "base/payload.h"

#include <nlohmann/json.hpp>
#include <unordered_map>
#include <vector>

namespace stepd {
namespace {

/// nlohmann's message without its own error number: "parse error at line 1, column 2: ...".
std::string without_prefix(const std::string& what) {
  const auto end = what.find("] ");
  return end == std::string::npos ? what : what.substr(end + 2);
}

/// Of a key that stands several times, the last value counts, at the place of the first, as everywhere on AWS.
void drop_repeated(Json::object_t& object) {
  std::unordered_map<std::string_view, std::size_t> first;
  bool repeated = false;
  for (std::size_t i = 0; i < object.size() && !repeated; ++i) {
    repeated = !first.emplace((object.begin() + static_cast<std::ptrdiff_t>(i))->first, i).second;
  }
  if (!repeated) return;
  Json::object_t unique;
  first.clear();
  for (auto& [name, value] : object) {
    const auto [known, fresh] = first.emplace(name, unique.size());
    if (fresh)
      unique.emplace_back(name, std::move(value));
    else
      (unique.begin() + static_cast<std::ptrdiff_t>(known->second))->second = std::move(value);
  }
  object = std::move(unique);
}

/// nlohmann's SAX interface.
class JsonBuilder {
 public:
  bool null() { return add(Json()); }
  bool boolean(bool value) { return add(Json(value)); }
  bool number_integer(std::int64_t value) { return add(Json(value)); }
  bool number_unsigned(std::uint64_t value) { return add(Json(value)); }
  bool number_float(double value, const std::string& text) { return add(json_number(value, text)); }
  bool string(std::string& value) { return add(Json(std::move(value))); }
  bool binary(Json::binary_t&) { return false; }
  bool start_object(std::size_t) { return open(Json::object()); }
  bool start_array(std::size_t) { return open(Json::array()); }
  bool end_array() { return close(); }
  bool end_object() {
    drop_repeated(open_.back()->get_ref<Json::object_t&>());
    return close();
  }
  bool key(std::string& name) {
    open_.back()->get_ref<Json::object_t&>().emplace_back(std::move(name), Json());
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& error) {
    problem = without_prefix(error.what());
    return false;
  }

  Json root;
  std::string problem;

 private:
  Json& put(Json value) {
    if (open_.empty()) return root = std::move(value);
    Json& top = *open_.back();
    if (top.is_array()) {
      top.get_ref<Json::array_t&>().push_back(std::move(value));
      return top.back();
    }
    return top.get_ref<Json::object_t&>().back().second = std::move(value);
  }
  bool add(Json value) {
    put(std::move(value));
    return true;
  }
  bool open(Json value) {
    if (open_.size() >= static_cast<std::size_t>(limits::kJsonDepth)) {
      problem = "JSON is nested more than " + std::to_string(limits::kJsonDepth) + " levels deep";
      return false;
    }
    open_.push_back(&put(std::move(value)));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }

  std::vector<Json*> open_;  // each grows only at its end, where nothing deeper is open any more
};

}  // namespace

Result<Json> parse_json(std::string_view text) {
  if (auto alien = find_alien_byte(text)) return AslError{"", *std::move(alien)};
  JsonBuilder builder;
  if (!Json::sax_parse(text, &builder)) return AslError{"", builder.problem};
  return std::move(builder.root);
}

}  // namespace stepd
