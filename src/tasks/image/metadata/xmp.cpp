#include "tasks/image/metadata/xmp.h"

#include "tasks/image/metadata/place.h"
#include "tasks/image/metadata/plain_text.h"

#include <expat.h>

#include <algorithm>
#include <array>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

namespace stepd::tasks::image {
namespace {

constexpr std::size_t kPacketBytes = 1'048'576;
constexpr std::size_t kLevels = 32;
constexpr std::size_t kElements = 4'000;
constexpr std::size_t kAllTextBytes = 65'536;
// Between the parts of a name as Expat hands it over; no namespace can hold it.
constexpr char kSeparator = '\n';

constexpr std::string_view kRdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";
constexpr std::string_view kXml = "http://www.w3.org/XML/1998/namespace";
constexpr std::string_view kDublinCore = "http://purl.org/dc/elements/1.1/";
constexpr std::string_view kPhotoshop = "http://ns.adobe.com/photoshop/1.0/";

// XMP specification parts 1 and 2; IPTC Photo Metadata Standard; PLUS.
constexpr std::array<std::pair<std::string_view, std::string_view>, 18> kPrefixes{{
    {kDublinCore, "dc"},
    {"http://ns.adobe.com/xap/1.0/", "xmp"},
    {"http://ns.adobe.com/xap/1.0/rights/", "xmpRights"},
    {"http://ns.adobe.com/xap/1.0/mm/", "xmpMM"},
    {"http://ns.adobe.com/xap/1.0/bj/", "xmpBJ"},
    {"http://ns.adobe.com/xap/1.0/t/pg/", "xmpTPg"},
    {"http://ns.adobe.com/xmp/1.0/DynamicMedia/", "xmpDM"},
    {"http://ns.adobe.com/pdf/1.3/", "pdf"},
    {kPhotoshop, "photoshop"},
    {"http://ns.adobe.com/camera-raw-settings/1.0/", "crs"},
    {"http://ns.adobe.com/tiff/1.0/", "tiff"},
    {"http://ns.adobe.com/exif/1.0/", "exif"},
    {"http://cipa.jp/exif/1.0/", "exifEX"},
    {"http://ns.adobe.com/exif/1.0/aux/", "aux"},
    {"http://ns.adobe.com/lightroom/1.0/", "lr"},
    {"http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/", "Iptc4xmpCore"},
    {"http://iptc.org/std/Iptc4xmpExt/2008-02-29/", "Iptc4xmpExt"},
    {"http://ns.useplus.org/ldf/xmp/1.0/", "plus"},
}};

struct Name {
  std::string space;
  std::string local;
  std::string prefix;

  bool is(std::string_view of, std::string_view called) const { return space == of && local == called; }
};

/// `namespace, local, prefix`; fewer where there is no prefix or no namespace.
Name split(std::string_view written) {
  Name name;
  const auto first = written.find(kSeparator);
  if (first == std::string_view::npos) return {"", std::string(written), ""};
  name.space = written.substr(0, first);
  written.remove_prefix(first + 1);
  const auto second = written.find(kSeparator);
  name.local = written.substr(0, second);
  if (second != std::string_view::npos) name.prefix = written.substr(second + 1);
  return name;
}

struct Element {
  Name name;
  std::vector<std::pair<Name, std::string>> attributes;
  std::string text;
  std::vector<std::unique_ptr<Element>> children;

  const std::string* attribute(std::string_view space, std::string_view local) const {
    const auto found = std::find_if(attributes.begin(), attributes.end(),
                                    [&](const auto& each) { return each.first.is(space, local); });
    return found == attributes.end() ? nullptr : &found->second;
  }
};

/// Builds the tree of elements while Expat reads, and stops it at the first limit.
class Tree {
 public:
  Tree() : parser_(XML_ParserCreateNS(nullptr, kSeparator), XML_ParserFree) {
    if (parser_ == nullptr) throw std::bad_alloc();
    XML_SetUserData(parser_.get(), this);
    XML_SetReturnNSTriplet(parser_.get(), 1);
    XML_SetElementHandler(parser_.get(), on_begin, on_end);
    XML_SetCharacterDataHandler(parser_.get(), on_text);
    XML_SetStartDoctypeDeclHandler(parser_.get(), on_doctype);
  }

  void read(std::string_view packet) {
    const auto status = XML_Parse(parser_.get(), packet.data(), static_cast<int>(packet.size()), 1);
    if (status == XML_STATUS_OK || !unread_.empty()) return;
    unread_ = "It is not well-formed XML: " + std::string(XML_ErrorString(XML_GetErrorCode(parser_.get()))) +
              " in line " + std::to_string(XML_GetCurrentLineNumber(parser_.get())) + ".";
  }

  const Element& root() const { return root_; }
  const std::string& unread() const { return unread_; }

 private:
  static Tree& self(void* user) { return *static_cast<Tree*>(user); }
  static void on_begin(void* user, const char* name, const char** attributes) { self(user).begin(name, attributes); }
  static void on_end(void* user, const char*) {
    // Expat still tells the end of an empty element in whose beginning it was stopped.
    if (self(user).unread_.empty()) self(user).open_.pop_back();
  }
  static void on_text(void* user, const char* text, int size) {
    self(user).append(self(user).open_.back()->text, {text, static_cast<std::size_t>(size)});
  }
  static void on_doctype(void* user, const char*, const char*, const char*, int) {
    self(user).stop("It declares a document type, which XMP has no use for.");
  }

  void begin(const char* name, const char** attributes) {
    if (open_.size() > kLevels) return stop("It is nested more than " + std::to_string(kLevels) + " levels deep.");
    if (++elements_ > kElements) return stop("It has more than " + std::to_string(kElements) + " elements.");
    auto element = std::make_unique<Element>();
    element->name = split(name);
    for (; *attributes != nullptr && unread_.empty(); attributes += 2) {
      if (++elements_ > kElements) return stop("It has more than " + std::to_string(kElements) + " elements.");
      auto& [key, value] = element->attributes.emplace_back(split(attributes[0]), "");
      append(value, attributes[1]);
    }
    auto* opened = element.get();
    open_.back()->children.push_back(std::move(element));
    open_.push_back(opened);
  }

  void append(std::string& target, std::string_view text) {
    text = text.substr(0, kTextBytes - std::min(kTextBytes, target.size()));
    text_bytes_ += text.size();
    if (text_bytes_ > kAllTextBytes)
      return stop("It has more than " + std::to_string(kAllTextBytes) + " bytes of text.");
    target += text;
  }

  void stop(std::string why) {
    if (unread_.empty()) unread_ = std::move(why);
    XML_StopParser(parser_.get(), XML_FALSE);
  }

  std::unique_ptr<XML_ParserStruct, decltype(&XML_ParserFree)> parser_;
  Element root_;
  std::vector<Element*> open_{&root_};
  std::size_t elements_ = 0;
  std::size_t text_bytes_ = 0;
  std::string unread_;
};

/// XMP specification part 1, annex C: how values look as RDF. Recursion is as deep as the tree, which is limited.
class Translation {
 public:
  explicit Translation(bool place) : place_(place) {}

  Json properties(const Element& rdf) const {
    Json all = Json::object();
    for (const auto& described : rdf.children) {
      if (!described->name.is(kRdf, "Description")) continue;
      each_member(*described, [&](const Name& name, Json value) {
        Json& group = all[prefix_of(name)];
        if (group.is_null()) group = Json::object();
        group.emplace(name.local, std::move(value));
      });
    }
    return all;
  }

 private:
  static std::string prefix_of(const Name& name) {
    for (const auto& [space, prefix] : kPrefixes) {
      if (space == name.space) return std::string(prefix);
    }
    const bool taken =
        std::any_of(kPrefixes.begin(), kPrefixes.end(), [&](const auto& known) { return known.second == name.prefix; });
    return taken || name.prefix.empty() ? plain_text(name.space) : plain_text(name.prefix);
  }

  bool is_member(const Name& name) const {
    if (name.space.empty() || name.space == kRdf || name.space == kXml) return false;
    return place_ || !(names_place(name.local) || is_place_of_its_namespace(name));
  }

  /// Words that mean a place only where they stand.
  static bool is_place_of_its_namespace(const Name& name) {
    constexpr std::string_view kGeo = "http://www.w3.org/2003/01/geo/wgs84_pos#";
    return name.space == kGeo || name.is(kDublinCore, "coverage") || name.is(kPhotoshop, "State");
  }

  template <class Take>
  void each_member(const Element& element, Take take) const {
    for (const auto& [name, text] : element.attributes) {
      if (is_member(name)) take(name, Json(plain_text(text)));
    }
    for (const auto& child : element.children) {
      if (!is_member(child->name)) continue;
      if (auto value = value_of(*child)) take(child->name, std::move(*value));
    }
  }

  Json structure(const Element& element) const {
    Json members = Json::object();
    each_member(element, [&](const Name& name, Json value) { members.emplace(name.local, std::move(value)); });
    return members;
  }

  static bool is_list(const Element& element) {
    return element.name.space == kRdf &&
           (element.name.local == "Bag" || element.name.local == "Seq" || element.name.local == "Alt");
  }

  Json list(const Element& container) const {
    const auto& items = container.children;
    const bool languages = container.name.local == "Alt" && !items.empty() &&
                           std::all_of(items.begin(), items.end(),
                                       [](const auto& item) { return item->attribute(kXml, "lang") != nullptr; });
    Json values = languages ? Json::object() : Json::array();
    for (const auto& item : items) {
      auto value = value_of(*item);
      if (!value) continue;
      if (languages) {
        values.emplace(plain_text(*item->attribute(kXml, "lang")), std::move(*value));
      } else {
        values.push_back(std::move(*value));
      }
    }
    return values;
  }

  /// A value with qualifiers is written as a structure in which `rdf:value` is the value.
  std::optional<Json> described(const Element& element) const {
    if (const auto* text = element.attribute(kRdf, "value")) return Json(plain_text(*text));
    for (const auto& child : element.children) {
      if (child->name.is(kRdf, "value")) return value_of(*child);
    }
    return structure(element);
  }

  std::optional<Json> value_of(const Element& element) const {
    if (const auto* target = element.attribute(kRdf, "resource")) return Json(plain_text(*target));
    if (const auto* type = element.attribute(kRdf, "parseType"))
      return *type == "Resource" ? described(element) : std::nullopt;
    if (!element.children.empty()) {
      const Element& only = *element.children.front();
      if (is_list(only)) return list(only);
      if (only.name.is(kRdf, "Description")) return described(only);
      return std::nullopt;
    }
    const bool abbreviated = std::any_of(element.attributes.begin(), element.attributes.end(), [](const auto& each) {
      return each.first.space != kXml && !each.first.space.empty() && !each.first.is(kRdf, "datatype");
    });
    if (abbreviated) return described(element);
    return Json(plain_text(element.text));
  }

  const bool place_;
};

const Element* find_rdf(const Element& element) {
  if (element.name.is(kRdf, "RDF")) return &element;
  for (const auto& child : element.children) {
    if (const auto* found = find_rdf(*child)) return found;
  }
  return nullptr;
}

}  // namespace

Json read_xmp(std::string_view packet, bool place, std::string& unread) {
  if (packet.size() > kPacketBytes) {
    unread =
        "It has " + std::to_string(packet.size()) + " bytes; at most " + std::to_string(kPacketBytes) + " are read.";
    return Json::object();
  }
  const auto end = packet.find_last_not_of('\0');
  packet = packet.substr(0, end == std::string_view::npos ? 0 : end + 1);
  if (packet.empty()) return Json::object();
  Tree tree;
  tree.read(packet);
  unread = tree.unread();
  const auto* rdf = find_rdf(tree.root());
  return rdf == nullptr ? Json::object() : Translation(place).properties(*rdf);
}

}  // namespace stepd::tasks::image
