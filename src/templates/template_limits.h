// The limits of templates. Those of AWS are its quotas (CloudFormation user guide: Understand CloudFormation quotas).
#pragma once

#include <cstddef>

namespace stepd::templates::limits {

inline constexpr std::size_t kTemplateBytes = 1'048'576;
inline constexpr std::size_t kResources = 500;  // of one template; parameters, outputs and mappings: 200
inline constexpr std::size_t kSectionEntries = 200;
inline constexpr int kDepth = 200;                    // levels of nesting of a template, functions included
inline constexpr std::size_t kNodes = 300'000;        // of one template, aliases expanded
inline constexpr std::size_t kMembers = 10'000;       // of one mapping
inline constexpr int kReferenceDepth = 50;            // references that lead to references
inline constexpr int kNestedStacks = 8;               // stacks within stacks
inline constexpr std::size_t kStacks = 50;            // of one conversion
inline constexpr std::size_t kEvaluated = 64u << 20;  // what all functions of a conversion may give, see weight_of()
inline constexpr int kSubstitutionRounds = 10;        // substitutions whose values hold placeholders

}  // namespace stepd::templates::limits
