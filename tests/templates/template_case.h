// A golden case of the conversion: a template with the files beside it, and what becomes of it.
#pragma once

#include "templates/convert.h"
#include "templates/project_writer.h"

#include <filesystem>
#include <map>
#include <string>

namespace stepd::templates::test {

/// Files that are only in memory. A folder is what a file lies in, or a name that ends with a slash.
class NamedFiles final : public Files {
 public:
  explicit NamedFiles(std::map<std::string, std::string> texts) : texts_(std::move(texts)) {}
  Result<std::string> read(const std::filesystem::path& file) const override;
  Kind kind(const std::filesystem::path& path) const override;

 private:
  std::map<std::string, std::string> texts_;
};

/// One YAML file: `template` (a text), and where they matter `files`, `parameters`, `defaults`, `environment`,
/// `outside`, `assets`, `code`, `options`, `process`, `templates` (names, if not template.yaml), and `result`.
struct TemplateCase {
  Request request;
  std::map<std::string, std::string> files;
  std::string expected;

  static TemplateCase parse(const std::string& text);
  Converted convert() const;
};

/// What people would see: problems, then the configuration if there is one.
std::string shown(const Converted& converted);

std::string read_case_file(const std::filesystem::path& file);
std::filesystem::path case_folder();

}  // namespace stepd::templates::test
