// JSONata: compiles an expression once and evaluates it over shared values. The grammar is that of JSONata 2.0.6, the
// functions behave as those of jsonata-js 2.2.2 (docs/jsonata.md lists what differs). This library depends on base and
// PCRE2 only; it reads no clock and no random device, and does not depend on states.
//
// 1. A compiled expression never changes. Any number of threads may evaluate it at the same time.
// 2. Values that come in are shared and never copied. Values that are built are charged to the limits of the
//    evaluation while they grow, before their memory is taken.
// 3. Expected failures are an Error, and so is a bound that is reached. No exception leaves the library but bad_alloc.
// 4. Functions are values within an evaluation and never leave it.
#pragma once

#include "base/value/value.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace stepd::jsonata {

/// StepFunctions adds $partition, $range, $hash, $random(seed), $uuid and $parse, and has no $eval.
enum class Dialect : std::uint8_t { Standard, StepFunctions };

/// What stopped an evaluation that has not failed by itself.
enum class Bound : std::uint8_t { None, Depth, Memory, Steps };

/// The code of an Error that AWS calls an internal one and tells nothing of.
inline constexpr std::string_view kInternalError = "internal";

struct Error {
  std::string code;            ///< as of jsonata-js: "S0201", "T2001", "D3030"; or kInternalError; empty for a bound
  std::string message;         ///< jsonata-js's sentence with its inserts, without the code; for a bound, that of AWS
  std::string token;           ///< what was met, or the name of the function; may be empty
  std::string value;           ///< JSON text of the offending value, at most 1,000 bytes; may be empty
  std::string hint;            ///< what was probably meant; mostly empty
  std::uint32_t position = 0;  ///< just behind the offending token, in UTF-16 units from 0, as jsonata-js counts
  std::uint32_t byte_position = 0;  ///< the same place in bytes of the text
  Bound bound = Bound::None;

  /// "CODE: message", or the message alone for a bound: what stands in a cause of AWS.
  std::string text() const;
};

/// A reference to what surrounds the expression.
struct Reference {
  std::string name;  ///< of a variable without its `$`; of a field; "$" and "$$" for the context and the root
  std::uint32_t position = 0;
  std::uint32_t byte_position = 0;
};

/// A path that begins at a free variable and continues with names: `$states.errorOutput.Cause` is variable "states"
/// with the names "errorOutput" and "Cause". Predicates do not end it; anything else does.
struct VariablePath {
  Reference variable;
  std::vector<std::string> names;
};

/// What an expression asks of its surroundings, found when it is compiled. Each in the order of the text.
struct References {
  /// Variables that the expression reads and nothing in it binds, and that are no functions of the dialect. One entry
  /// for each occurrence.
  std::vector<VariablePath> variables;
  /// Functions of the dialect that the expression refers to and nothing in it binds, without `$`, each once. A binding
  /// of that name comes before the function where its value is read, and not where the function is called.
  std::vector<std::string> functions;
  /// What reads the context or the root at the top level, where Step Functions has none: a field name, `$`, `$$`, `*`,
  /// `**` and `%`. Only one entry for each distinct name. AWS refuses them at creation.
  std::vector<Reference> top_level;
};

struct Program;

/// Copies share the program. Thread: any.
class Expression {
 public:
  /// `text` is at most limits::kDefinitionBytes long. Takes time linear in the text.
  static std::variant<Expression, Error> compile(std::string_view text, Dialect dialect);

  const std::string& text() const;
  Dialect dialect() const;
  const References& references() const;
  const Program& program() const { return *program_; }

 private:
  explicit Expression(std::shared_ptr<const Program> program) : program_(std::move(program)) {}
  std::shared_ptr<const Program> program_;
};

/// A value for a free variable.
struct Binding {
  std::string_view name;  ///< without `$`
  Value value;
};

/// The time and the chance of an evaluation, which the caller draws.
struct Environment {
  std::int64_t now_ms = 0;  ///< since 1970 UTC: $now and $millis
  std::uint64_t seed = 0;   ///< of $random, $shuffle and $uuid; equal seeds give equal results
};

/// The bounds of one evaluation. The defaults are for a program of the machine's owner.
struct Bounds {
  std::uint32_t depth = 1'000;               ///< nested evaluations of syntax nodes; never more than kDepthMax
  std::uint64_t steps = 50'000'000;          ///< evaluations of syntax nodes and visits of items, in all
  std::uint64_t memory = 256u << 20;         ///< charged bytes alive at once, at 8 a list item and 1 a byte of a string
  std::uint64_t string_bytes = 64u << 20;    ///< of one string
  std::uint64_t list_items = 10'000'000;     ///< of one list
  std::uint32_t range_items = 10'000'000;    ///< of a..b
  std::uint32_t result_bytes = 0xFFFF'FFFF;  ///< of the JSON text of the result

  /// As AWS was measured: depth 100, 6,990,256 bytes, $range of at most 360,145 items.
  static Bounds of_step_functions();
};

/// Above this depth an evaluation ends whatever its bounds say, since it uses the stack of its thread: at most 4 MiB.
inline constexpr std::uint32_t kDepthMax = 1'000;

/// What an evaluation gives. JSON has no value for a function and for numbers that are not finite; a function within a
/// result becomes an empty string, as jsonata-js prints it.
struct Outcome {
  enum class Kind : std::uint8_t {
    Value,
    Undefined,  ///< nothing was selected
    Function,   ///< the result itself is a function
    NotFinite,  ///< the result itself is NaN or infinite: `value` is the string "NaN", "Infinity" or "-Infinity"
    Failed,
  };
  Kind kind = Kind::Undefined;
  Value value;
  Error error;  ///< of Failed
};

/// `input` is the context and the root ($, $$); without one they are undefined. Bindings that the expression does not
/// read cost nothing. Thread: any.
Outcome evaluate(const Expression& expression, const std::optional<Value>& input, std::span<const Binding> bindings,
                 const Environment& environment, const Bounds& bounds);

/// The line of `text` that holds the position, with a caret below it, both ended by a line feed. Control characters
/// become blanks, and long lines are cut around the position.
std::string show_position(std::string_view text, std::uint32_t byte_position);

/// Name, signature and whether the dialect adds it, of each function: for documents and completion.
struct FunctionName {
  std::string_view name;       ///< without `$`
  std::string_view signature;  ///< as JSONata writes signatures
  bool step_functions_only = false;
};
std::span<const FunctionName> functions();

}  // namespace stepd::jsonata
