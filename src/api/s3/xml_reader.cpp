#include "api/s3/xml_reader.h"

#include <expat.h>

#include <memory>

namespace stepd::api::s3 {
namespace {

constexpr std::size_t kLevels = 16;
constexpr std::size_t kElements = 100'000;
constexpr char kSeparator = '\n';  // between a namespace and a name; neither can hold it

/// What Expat calls. A fault stops the parser.
class Building {
 public:
  explicit Building(XML_Parser parser) : parser_(parser) {
    root_.children.reserve(1);
    XML_SetUserData(parser_, this);
    XML_SetElementHandler(parser_, begin, end);
    XML_SetCharacterDataHandler(parser_, add);
    XML_SetStartDoctypeDeclHandler(parser_, refuse_dtd);
  }

  XmlElement take() { return std::move(root_.children.front()); }
  bool has_root() const { return !root_.children.empty(); }

 private:
  static void begin(void* self, const XML_Char* name, const XML_Char**) { static_cast<Building*>(self)->open(name); }
  static void end(void* self, const XML_Char*) { static_cast<Building*>(self)->close(); }
  static void add(void* self, const XML_Char* text, int size) {
    auto& building = *static_cast<Building*>(self);
    if (!building.open_.empty()) building.current().text.append(text, static_cast<std::size_t>(size));
  }
  static void refuse_dtd(void* self, const XML_Char*, const XML_Char*, const XML_Char*, int) {
    static_cast<Building*>(self)->stop();
  }

  void open(std::string_view name) {
    if (open_.size() == kLevels || ++elements_ > kElements) return stop();
    auto& siblings = current().children;
    siblings.emplace_back();
    siblings.back().name = name.substr(name.rfind(kSeparator) + 1);
    open_.push_back(siblings.size() - 1);
  }
  void close() {
    if (!open_.empty()) open_.pop_back();
  }
  void stop() { XML_StopParser(parser_, XML_FALSE); }

  /// By positions, since elements move when their siblings grow in number.
  XmlElement& current() {
    XmlElement* element = &root_;
    for (const auto position : open_) element = &element->children[position];
    return *element;
  }

  XML_Parser parser_;
  XmlElement root_;
  std::vector<std::size_t> open_;
  std::size_t elements_ = 0;
};

}  // namespace

const XmlElement* XmlElement::child(std::string_view wanted) const {
  for (const auto& each : children) {
    if (each.name == wanted) return &each;
  }
  return nullptr;
}

std::string XmlElement::text_of(std::string_view wanted) const {
  const auto* found = child(wanted);
  return found == nullptr ? std::string() : found->text;
}

Result<XmlElement> read_xml(std::string_view document) {
  const std::unique_ptr<XML_ParserStruct, void (*)(XML_Parser)> parser(XML_ParserCreateNS("UTF-8", kSeparator),
                                                                       XML_ParserFree);
  if (!parser) return AslError{"", "out of memory"};
  Building building(parser.get());
  const auto parsed = XML_Parse(parser.get(), document.data(), static_cast<int>(document.size()), 1);
  if (parsed != XML_STATUS_OK || !building.has_root()) {
    return AslError{"", XML_ErrorString(XML_GetErrorCode(parser.get()))};
  }
  return building.take();
}

}  // namespace stepd::api::s3
