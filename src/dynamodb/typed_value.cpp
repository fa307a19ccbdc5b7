#include "dynamodb/typed_value.h"

#include "base/encoding.h"
#include "dynamodb/expressions/update.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

namespace stepd::dynamodb {
namespace {

constexpr std::size_t kDepthMax = 32;  // developer guide, Quotas: nested attribute depth
constexpr const char* kInvalid = "One or more parameter values were invalid: ";

AslError invalid_value(std::string message) { return {"ValidationException", std::move(message)}; }
AslError bad_form(std::string message) { return {"SerializationException", std::move(message)}; }

// ---- writing ------------------------------------------------------------------------------------------------------

Json member_of(std::string_view type, Json value) {
  Json made = Json::object();
  made[std::string(type)] = std::move(value);
  return made;
}

struct TypedWriter {
  Json operator()(const std::string& text) const { return text; }
  Json operator()(const ExactNumber& number) const { return number.text(); }
  Json operator()(const AttributeBytes& bytes) const { return to_base64(bytes.bytes); }
  Json operator()(bool value) const { return value; }
  Json operator()(std::monostate) const { return true; }
  Json operator()(const Attribute::List& list) const {
    Json elements = Json::array();
    for (const auto& each : list) elements.push_back(to_typed(each));
    return elements;
  }
  Json operator()(const AttributeMap& map) const { return to_typed(map); }
  template <class T>
  Json operator()(const AttributeSet<T>& set) const {
    Json elements = Json::array();
    for (const auto& each : set.members) elements.push_back((*this)(each));
    return elements;
  }
};

// ---- form ---------------------------------------------------------------------------------------------------------

/// A scalar of the request where the protocol expects a string.
Result<void> check_string(const Json& value) {
  if (value.is_string() || value.is_null()) return {};
  if (value.is_boolean())
    return bad_form(std::string(value.get<bool>() ? "TRUE" : "FALSE") + "_VALUE cannot be converted to String");
  if (value.is_object()) return bad_form("Start of structure or map found where not expected");
  if (value.is_array()) return bad_form("Start of list found where not expected");
  return bad_form("NUMBER_VALUE cannot be converted to String");
}

Result<void> check_bytes(const Json& value) {
  STEPD_CHECK(check_string(value));
  if (value.is_string() && !from_base64(value.get_ref<const std::string&>()))
    return bad_form("The value of a binary attribute is not valid base64");
  return {};
}

Result<void> check_list(const Json& value, Result<void> (*check)(const Json&)) {
  if (value.is_null()) return {};
  if (!value.is_array())
    return bad_form(value.is_object() ? "Start of structure or map found where not expected" : "Unexpected field type");
  for (const auto& each : value) STEPD_CHECK(check(each));
  return {};
}

Result<void> check_boolean(const Json& value) {
  if (value.is_boolean() || value.is_null()) return {};
  if (value.is_object() || value.is_array()) return bad_form("Start of structure or map found where not expected");
  return bad_form("Unexpected field type");
}

// ---- values -------------------------------------------------------------------------------------------------------

/// JSON's exponents are cut at parsing; what AWS cannot convert has an exponent beyond 64 bits.
Result<ExactNumber> read_number(const std::string& text, Wording wording) {
  const auto unreadable = [&] {
    std::string message = "The parameter cannot be converted to a numeric value";
    if (!text.empty() || wording != Wording::Old) message += ": " + text;
    return invalid_value(message);
  };
  const auto number = ExactNumber::parse(text);
  if (!number) return unreadable();
  if (const auto fault = fault_of_number(*number); !fault.empty()) return invalid_value(std::string(fault));
  if (!number->is_zero()) return *number;
  // A zero has to be in range as well, by the power of ten of its last digit.
  const auto mark = text.find_first_of("eE");
  if (mark == std::string::npos) return *number;
  const auto dot = text.find('.');
  const auto fraction = dot == std::string::npos ? 0 : static_cast<std::int64_t>(mark - dot - 1);
  const auto power = ExactNumber::parse("1" + text.substr(mark))->exponent() - fraction;
  if (power > 125)
    return invalid_value("Number overflow. Attempting to store a number with magnitude larger than supported range");
  if (power < -130)
    return invalid_value("Number underflow. Attempting to store a number with magnitude smaller than supported range");
  return *number;
}

/// `["a", "b", "b"]`: sorted, up to the first that is there twice; in the old wording as they came.
std::string show_texts(const std::vector<std::string>& texts, Wording wording) {
  std::vector<std::string> shown = texts;
  if (wording != Wording::Old) {
    std::sort(shown.begin(), shown.end());
    const auto repeated = std::adjacent_find(shown.begin(), shown.end());
    if (repeated != shown.end()) shown.erase(repeated + 2, shown.end());
  }
  std::string list;
  const char* quote = wording == Wording::Old ? "" : "\"";
  for (const auto& text : shown) list += (list.empty() ? "[" : ", ") + (quote + text) + quote;
  return list + "]";
}

template <class T>
bool has_duplicates(std::vector<T> members) {
  std::sort(members.begin(), members.end());
  return std::adjacent_find(members.begin(), members.end()) != members.end();
}

Result<Attribute> read_text_set(const Json& given, Wording wording) {
  TextSet set;
  for (const auto& each : given) {
    if (each.is_null()) {
      return invalid_value(std::string(kInvalid) + "An string set may not have a null string as a member");
    }
    set.members.push_back(each.get<std::string>());
  }
  if (set.members.empty()) return invalid_value(std::string(kInvalid) + "An string set  may not be empty");
  if (has_duplicates(set.members))
    return invalid_value(kInvalid + ("Input collection " + show_texts(set.members, wording)) + " contains duplicates.");
  return Attribute(Attribute::Form(std::move(set)));
}

Result<Attribute> read_number_set(const Json& given, Wording wording) {
  NumberSet set;
  for (const auto& each : given) {
    STEPD_TRY(ExactNumber number, read_number(each.is_null() ? "" : each.get<std::string>(), wording));
    set.members.push_back(std::move(number));
  }
  if (set.members.empty()) return invalid_value(std::string(kInvalid) + "An number set  may not be empty");
  if (has_duplicates(set.members)) {
    if (wording == Wording::Old) return invalid_value("Input collection contains duplicates");
    return invalid_value(std::string(kInvalid) + "Input collection contains duplicates.");
  }
  return Attribute(Attribute::Form(std::move(set)));
}

Result<Attribute> read_bytes_set(const Json& given, Wording wording) {
  BytesSet set;
  std::vector<std::string> texts;
  for (const auto& each : given) {
    texts.push_back(each.is_null() ? "" : each.get<std::string>());
    set.members.push_back({from_base64(texts.back()).value_or("")});
  }
  if (set.members.empty()) return invalid_value(std::string(kInvalid) + "Binary sets should not be empty");
  if (has_duplicates(set.members))
    return invalid_value(kInvalid + ("Input collection " + show_texts(texts, wording)) + " contains duplicates.");
  return Attribute(Attribute::Form(std::move(set)));
}

Result<Attribute> read_at(const Json& value, Wording wording, std::size_t depth);

Result<AttributeMap> read_map(const Json& values, Wording wording, std::size_t depth) {
  std::vector<AttributeMember> members;
  for (const auto& [name, value] : values.items()) {
    STEPD_TRY(Attribute read, read_at(value, wording, depth));
    members.push_back({name, std::move(read)});
  }
  return AttributeMap(std::move(members));
}

Result<Attribute> read_list(const Json& values, Wording wording, std::size_t depth) {
  Attribute::List list;
  for (const auto& value : values) {
    STEPD_TRY(Attribute read, read_at(value, wording, depth));
    list.push_back(std::move(read));
  }
  return Attribute(Attribute::Form(std::move(list)));
}

Result<Attribute> read_type(const std::string& type, const Json& given, Wording wording, std::size_t depth) {
  if (type == "S") return Attribute::text(given.get_ref<const std::string&>());
  if (type == "N") {
    STEPD_TRY(ExactNumber number, read_number(given.get_ref<const std::string&>(), wording));
    return Attribute(Attribute::Form(std::move(number)));
  }
  if (type == "B") return Attribute::bytes(from_base64(given.get_ref<const std::string&>()).value_or(""));
  if (type == "BOOL") return Attribute::boolean(given.get<bool>());
  if (type == "NULL") {
    if (!given.get<bool>())
      return invalid_value(std::string(kInvalid) + "Null attribute value types must have the value of true");
    return Attribute();
  }
  if (type == "SS") return read_text_set(given, wording);
  if (type == "NS") return read_number_set(given, wording);
  if (type == "BS") return read_bytes_set(given, wording);
  if (depth >= kDepthMax) {
    return invalid_value(
        "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported "
        "limit");
  }
  if (type == "L") return read_list(given, wording, depth + 1);
  STEPD_TRY(AttributeMap map, read_map(given, wording, depth + 1));
  return Attribute(Attribute::Form(std::move(map)));
}

Result<Attribute> read_at(const Json& value, Wording wording, std::size_t depth) {
  const std::string* type = nullptr;
  const Json* given = nullptr;
  for (const auto& [name, member] : value.items()) {
    if (member.is_null() || !attribute_type_of(name)) continue;
    if (type != nullptr) {
      return invalid_value(
          "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported "
          "datatypes");
    }
    type = &name;
    given = &member;
  }
  if (type == nullptr) {
    return invalid_value("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
  }
  return read_type(*type, *given, wording, depth);
}

}  // namespace

Json to_typed(const Attribute& value) {
  return member_of(name_of(value.type()), std::visit(TypedWriter{}, value.form()));
}

Json to_typed(const AttributeMap& item) {
  Json members = Json::object();
  // operator[] would look for each name among those before it.
  std::vector<Json::object_t::value_type>& list = members.get_ref<Json::object_t&>();
  for (const auto* member : item.in_order()) list.emplace_back(member->name, to_typed(member->value));
  return members;
}

Result<void> check_form(const Json& value) {
  if (value.is_null()) return {};
  if (value.is_array()) return bad_form("Start of list found where not expected");
  if (!value.is_object()) return bad_form("Unexpected field type");
  for (const auto& [type, given] : value.items()) {
    if (type == "S" || type == "N") {
      STEPD_CHECK(check_string(given));
    } else if (type == "B") {
      STEPD_CHECK(check_bytes(given));
    } else if (type == "BOOL" || type == "NULL") {
      STEPD_CHECK(check_boolean(given));
    } else if (type == "SS" || type == "NS") {
      STEPD_CHECK(check_list(given, check_string));
    } else if (type == "BS") {
      STEPD_CHECK(check_list(given, check_bytes));
    } else if (type == "L") {
      STEPD_CHECK(check_list(given, check_form));
    } else if (type == "M") {
      STEPD_CHECK(check_form_of_map(given));
    }
  }
  return {};
}

Result<void> check_form_of_map(const Json& values) {
  if (values.is_null()) return {};
  if (values.is_array()) return bad_form("Start of list found where not expected");
  if (!values.is_object()) return bad_form("Unexpected field type");
  for (const auto& [name, value] : values.items()) STEPD_CHECK(check_form(value));
  return {};
}

Result<Attribute> from_typed(const Json& value, Wording wording) {
  if (value.is_null())
    return invalid_value("Supplied AttributeValue is empty, must contain exactly one of the supported datatypes");
  return read_at(value, wording, 0);
}

Result<AttributeMap> from_typed_map(const Json& values, Wording wording) { return read_map(values, wording, 0); }

bool is_early_fault(const AslError& error) { return !error.cause.starts_with("Supplied AttributeValue"); }

}  // namespace stepd::dynamodb
