// Attribute values as DynamoDB's API carries them: `{"S": "text"}`, `{"N": "1.5"}`, `{"M": {...}}`.
#pragma once

#include "base/attribute/attribute.h"
#include "base/json.h"
#include "base/result.h"
#include "dynamodb/wording.h"

namespace stepd::dynamodb {

Json to_typed(const Attribute& value);
Json to_typed(const AttributeMap& item);

/// What the protocol itself refuses: members of a wrong JSON type, and bytes that are not base64. The error is
/// `SerializationException`.
Result<void> check_form(const Json& value);
/// The same for a map of values.
Result<void> check_form_of_map(const Json& values);

/// Of a value whose form is checked. Errors are `ValidationException` in AWS's words.
Result<Attribute> from_typed(const Json& value, Wording wording);
Result<AttributeMap> from_typed_map(const Json& values, Wording wording);

/// Whether the error is one that the new layer of AWS finds (wording.h).
bool is_early_fault(const AslError& error);

}  // namespace stepd::dynamodb
