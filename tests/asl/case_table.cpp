#include "case_table.h"

#include "engine/asl/source.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <stdexcept>

namespace stepd::asl::test {
namespace {

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

/// GoogleTest allows letters, digits and `_`.
std::string identifier(const std::string& text) {
  std::string out;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0)
      out += c;
    else if (!out.empty() && out.back() != '_')
      out += '_';
  }
  while (!out.empty() && out.back() == '_') out.pop_back();
  return out;
}

class Loader {
 public:
  void load(const std::filesystem::path& file) {
    const auto text = read_file(file);
    const auto source = Source::read(text, Format::Yaml);
    if (!source) throw std::runtime_error(file.string() + ": " + source.error().cause);
    const Json& document = source->value();
    std::size_t at = 0;
    for (const auto& entry : document.at("cases")) {
      const auto line = source->position_of("/cases/" + std::to_string(at++)).line;
      add(file, document, entry, line);
    }
  }

  std::vector<Case> cases;

 private:
  void add(const std::filesystem::path& file, const Json& document, const Json& entry, int line) {
    Case one;
    one.kind = document.at("kind").get<std::string>();
    one.where = file.filename().string() + ":" + std::to_string(line);
    Json fields = entry;
    for (const auto& [name, value] : document.items()) {
      if (name != "kind" && name != "cases" && !fields.contains(name)) fields[name] = value;
    }
    one.fields = std::make_shared<const Json>(std::move(fields));
    const auto title = identifier(file.stem().string()) + "__" + identifier(entry.at("name").get<std::string>());
    one.name = title;
    for (int n = 2; !names_.insert(one.name).second; ++n) one.name = title + "_" + std::to_string(n);
    cases.push_back(std::move(one));
  }

  std::set<std::string> names_;
};

std::vector<Case> load_all() {
  std::vector<std::filesystem::path> folders{STEPD_SOURCE_DIR "/tests/asl/cases"};
  if (const char* more = std::getenv("STEPD_ASL_CASES")) folders.emplace_back(more);
  std::vector<std::filesystem::path> files;
  for (const auto& folder : folders) {
    for (const auto& entry : std::filesystem::directory_iterator(folder)) {
      if (entry.path().extension() == ".yaml") files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  Loader loader;
  for (const auto& file : files) loader.load(file);
  return std::move(loader.cases);
}

}  // namespace

const std::vector<Case>& all_cases() {
  static const auto cases = [] {
    try {
      return load_all();
    } catch (const std::exception& error) {
      std::cerr << "The golden cases cannot be read: " << error.what() << "\n";
      std::exit(2);
    }
  }();
  return cases;
}

}  // namespace stepd::asl::test
