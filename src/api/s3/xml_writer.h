// Writes the XML documents that S3 answers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::api::s3 {

/// Text as XML: markup, carriage returns and control characters become references. XML 1.0 has no control characters
/// even as references; AWS writes them so all the same.
std::string xml_escaped(std::string_view text);

class XmlWriter {
 public:
  enum class Namespace : std::uint8_t { S3, None };

  /// Begins with the declaration and the root element.
  explicit XmlWriter(std::string_view root, Namespace space = Namespace::S3);

  XmlWriter& open(std::string_view name);
  XmlWriter& close();
  /// `<name>text</name>`
  XmlWriter& text(std::string_view name, std::string_view value);
  XmlWriter& number(std::string_view name, std::uint64_t value) { return text(name, std::to_string(value)); }
  XmlWriter& flag(std::string_view name, bool value) { return text(name, value ? "true" : "false"); }
  /// A finished piece of a document.
  XmlWriter& raw(std::string_view piece);
  /// Text within the open element.
  XmlWriter& content(std::string_view value);

  /// Closes what is open.
  std::string finish();

 private:
  std::string document_;
  std::vector<std::string> open_;
};

}  // namespace stepd::api::s3
