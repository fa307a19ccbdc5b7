#include "daemon/config/functions/function_environment.h"

#include "base/json_pointer.h"
#include "base/payload.h"

#include <nlohmann/json.hpp>

namespace stepd::daemon {
namespace {

class Filling {
 public:
  Filling(const Json& environment, Reading& reading) : environment_(environment), reading_(reading) {}

  void apply(Json& value, const std::string& pointer) {
    if (value.is_object()) {
      for (auto& [key, member] : value.items()) apply(member, child_pointer(pointer, key));
    } else if (value.is_array()) {
      for (std::size_t i = 0; i < value.size(); ++i) apply(value[i], pointer + "/" + std::to_string(i));
    } else if (value.is_string()) {
      value = filled(value.get<std::string>(), pointer);
    }
  }

 private:
  Json filled(const std::string& text, const std::string& pointer) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text.compare(i, 3, "\\${") == 0) {
        result += "${";
        i += 2;
        continue;
      }
      const auto end = text.compare(i, 2, "${") == 0 ? text.find('}', i) : std::string::npos;
      if (end == std::string::npos) {
        result += text[i];
        continue;
      }
      const Json value = value_of(text.substr(i + 2, end - i - 2), pointer);
      if (i == 0 && end + 1 == text.size()) return value;
      result += value.is_string() ? value.get<std::string>() : print_json(value);
      i = end;
    }
    return Json(std::move(result));
  }

  Json value_of(const std::string& name, const std::string& pointer) {
    const auto found = environment_.is_object() ? environment_.find(name) : environment_.end();
    if (environment_.is_object() && found != environment_.end()) return *found;
    std::vector<std::string> known;
    if (environment_.is_object()) {
      for (const auto& [key, value] : environment_.items()) known.push_back(key);
    }
    reading_.faults.push_back({asl::Severity::Error, "CONFIGURATION",
                               "environment has no '" + name + "'" + suggestion(name, known), pointer});
    return Json(name);
  }

  const Json& environment_;
  Reading& reading_;
};

}  // namespace

Json fill_environment(Mapping& function) {
  Json filled = function.take_all();
  if (!filled.is_object()) return filled;
  Json environment;
  if (const Json* written = function.object("environment", false)) {
    environment = *written;
    for (const auto& [name, value] : environment.items()) {
      if (value.is_string() || value.is_number() || value.is_boolean()) continue;
      function.fault("environment", "environment: the value of " + name + " must be a text, a number, true or false");
    }
  }
  filled.erase("environment");
  Filling(environment, function.reading()).apply(filled, function.pointer());
  return filled;
}

}  // namespace stepd::daemon
