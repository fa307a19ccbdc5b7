#include "api/protocol/query_xml.h"

#include <nlohmann/json.hpp>

namespace stepd::api {
namespace {

/// What XML 1.0 cannot hold, even escaped, becomes U+FFFD.
void append_escaped(std::string& xml, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        xml += "&amp;";
        break;
      case '<':
        xml += "&lt;";
        break;
      case '>':
        xml += "&gt;";
        break;
      case '"':
        xml += "&quot;";
        break;
      case '\r':
        xml += "&#13;";  // readers make a bare one a line feed
        break;
      default: {
        const bool control = static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t';
        if (control) {
          xml += "\xEF\xBF\xBD";
        } else {
          xml += c;
        }
      }
    }
  }
}

void append_element(std::string& xml, const std::string& name, const Json& value) {
  if (value.is_array()) {
    for (const Json& each : value) append_element(xml, name, each);
    return;
  }
  xml += "<" + name + ">";
  if (value.is_object()) {
    for (const auto& [member, inner] : value.items()) append_element(xml, member, inner);
  } else if (value.is_string()) {
    append_escaped(xml, value.get_ref<const std::string&>());
  } else if (!value.is_null()) {
    xml += value.dump();
  }
  xml += "</" + name + ">";
}

std::string opened(const std::string& element, std::string_view xml_namespace) {
  if (xml_namespace.empty()) return "<" + element + ">";
  return "<" + element + " xmlns=\"" + std::string(xml_namespace) + "\">";
}

}  // namespace

std::string query_answer(std::string_view xml_namespace, std::string_view operation, const Json& members,
                         std::string_view request_id) {
  const auto name = std::string(operation);
  auto xml = opened(name + "Response", xml_namespace);
  append_element(xml, name + "Result", members);
  append_element(xml, "ResponseMetadata", Json{{"RequestId", std::string(request_id)}});
  return xml + "</" + name + "Response>";
}

std::string query_error(std::string_view xml_namespace, const ApiError& error, std::string_view request_id) {
  auto xml = opened("ErrorResponse", xml_namespace);
  append_element(
      xml, "Error",
      Json{{"Type", error.status >= 500 ? "Receiver" : "Sender"}, {"Code", error.type}, {"Message", error.message}});
  if (!request_id.empty()) append_element(xml, "RequestId", std::string(request_id));
  return xml + "</ErrorResponse>";
}

}  // namespace stepd::api
