// Reads the XML documents that clients send to S3, by Expat, into elements with names and text. Documents with a DTD
// are refused, as those could define entities that grow without bound.
#pragma once

#include "base/result.h"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::api::s3 {

/// Attributes and namespaces are left out: S3 takes requests with and without its namespace.
struct XmlElement {
  std::string name;
  std::string text;  ///< of the element itself, as it stands
  std::vector<XmlElement> children;

  /// The first child of that name; null if there is none.
  const XmlElement* child(std::string_view wanted) const;
  /// Its text; empty if there is none.
  std::string text_of(std::string_view wanted) const;
};

/// At most 16 levels and 100,000 elements. Error: cause only, for the log.
Result<XmlElement> read_xml(std::string_view document);

}  // namespace stepd::api::s3
