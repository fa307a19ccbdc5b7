// Templates, SAM, CloudFormation and serverless.yml, whose files beside them are the template itself.
#include "templates/convert.h"
#include "templates/project_writer.h"

#include <cstdint>

using namespace stepd;

namespace {

class OneFile final : public templates::Files {
 public:
  explicit OneFile(std::string text) : text_(std::move(text)) {}
  Result<std::string> read(const std::filesystem::path& file) const override {
    if (file.string().find("nowhere") != std::string::npos) return AslError{"", "no such file"};
    return text_;
  }
  Kind kind(const std::filesystem::path&) const override { return Kind::Folder; }

 private:
  std::string text_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const OneFile files(std::string(reinterpret_cast<const char*>(bytes), size));
  templates::Request request;
  request.templates = {"/project/template.yaml"};
  request.parameters = {{"Stage", "dev"}};
  const auto converted = templates::convert_templates(request, files);
  for (const auto& problem : converted.problems) templates::to_text(problem);
  if (!converted.is_valid()) return 0;
  templates::write_project(converted, {"/project", "/project/inline", "template.yaml"});
  templates::describe_project(converted, "http://127.0.0.1:8083");
  return 0;
}
