// What CloudFormation's Ref and Fn::GetAtt give for each type of resource, and how a resource is called whose template
// gives it no name (CloudFormation user guide: AWS resource and property types reference, "Return values").
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace stepd::templates {

/// In a pattern {R} is the region, {A} the account, {N} the name of the resource, {I} an id made of it,
/// {E} the URL of stepd.
struct ResourceType {
  struct Attribute {
    std::string_view name;
    std::string_view pattern;
  };
  enum class Alphabet : std::uint8_t { Any, Lower };

  std::string_view type;           ///< or what it begins with, if it ends in ::
  std::string_view name_property;  ///< empty: it has no name of its own
  std::string_view ref;            ///< pattern
  std::vector<Attribute> attributes;
  std::size_t name_max = 64;
  Alphabet alphabet = Alphabet::Any;
  bool by_logical_id = false;  ///< the logical id is the name if none is given
  bool without_stack = false;  ///< a name that is made does not begin with the stack's
  bool open = false;           ///< it may have other attributes, too
};

/// Every type is answered; one that is not listed is called by its logical id, and any attribute is made up.
const ResourceType& resource_type(std::string_view type);

struct Naming {
  std::string region;
  std::string account;
  std::string stack;     ///< with those that it is nested in: A-B
  std::string endpoint;  ///< of stepd: {E}
};

/// The pattern with its braces filled.
std::string fill_pattern(std::string_view pattern, const Naming& naming, std::string_view name);

/// STACK-LOGICALID-RANDOM, as CloudFormation makes names. The random part depends on stack and logical id alone, so
/// that data is found again after a restart.
std::string made_name(const ResourceType& type, const Naming& naming, std::string_view logical_id);

/// `count` letters and digits that depend on `seed` alone.
std::string stable_id(std::string_view seed, std::size_t count, ResourceType::Alphabet alphabet);

/// A UUID that depends on `seed` alone.
std::string stable_uuid(std::string_view seed);

}  // namespace stepd::templates
