// What the oracle's states do with data: paths, payload templates, intrinsic functions and choice rules.
#pragma once

#include <map>
#include <nlohmann/json.hpp>
#include <string>

namespace stepd::test::oracle {

using Tree = nlohmann::ordered_json;

/// Thrown by every function here.
struct Failure {
  std::string error;
  std::string cause;
};

/// Of one workflow, inside those around it.
struct Variables {
  std::map<std::string, Tree> own;
  const Variables* outer = nullptr;
};

/// What `$`, `$$` and `$name` stand for.
struct Scope {
  const Tree& input;
  const Tree& context;
  const Variables& variables;
};

/// ASL §Paths.
Tree find(const std::string& path, const Scope& scope);
/// ASL §Payload Template.
Tree fill(const Tree& payload_template, const Scope& scope);
/// A path, or a call of an intrinsic function (ASL §Intrinsic Functions).
Tree evaluate(const std::string& expression, const Scope& scope);
/// ASL §ResultPath: `input` with `result` at `path`.
Tree put(const std::string& path, Tree input, Tree result);
/// ASL §Choice State.
bool holds(const Tree& rule, const Scope& scope);

}  // namespace stepd::test::oracle
