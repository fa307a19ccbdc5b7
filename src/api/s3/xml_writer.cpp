#include "api/s3/xml_writer.h"

#include <array>
#include <cstdio>

namespace stepd::api::s3 {

std::string xml_escaped(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '&') {
      escaped += "&amp;";
    } else if (c == '<') {
      escaped += "&lt;";
    } else if (c == '>') {
      escaped += "&gt;";
    } else if (c == '"') {
      escaped += "&quot;";
    } else if ((byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F) {
      std::array<char, 8> reference;
      std::snprintf(reference.data(), reference.size(), "&#x%x;", byte);
      escaped += reference.data();
    } else {
      escaped += c;
    }
  }
  return escaped;
}

XmlWriter::XmlWriter(std::string_view root, Namespace space) {
  document_ = R"(<?xml version="1.0" encoding="UTF-8"?>)";
  document_ += "\n<" + std::string(root);
  if (space == Namespace::S3) document_ += R"( xmlns="http://s3.amazonaws.com/doc/2006-03-01/")";
  document_ += '>';
  open_.emplace_back(root);
}

XmlWriter& XmlWriter::open(std::string_view name) {
  document_.append("<").append(name).append(">");
  open_.emplace_back(name);
  return *this;
}

XmlWriter& XmlWriter::close() {
  document_.append("</").append(open_.back()).append(">");
  open_.pop_back();
  return *this;
}

XmlWriter& XmlWriter::text(std::string_view name, std::string_view value) {
  document_.append("<").append(name).append(">").append(xml_escaped(value)).append("</").append(name).append(">");
  return *this;
}

XmlWriter& XmlWriter::raw(std::string_view piece) {
  document_ += piece;
  return *this;
}

XmlWriter& XmlWriter::content(std::string_view value) {
  document_ += xml_escaped(value);
  return *this;
}

std::string XmlWriter::finish() {
  while (!open_.empty()) close();
  return std::move(document_);
}

}  // namespace stepd::api::s3
