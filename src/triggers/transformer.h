// EventBridge's input transformers (user guide: Input transformation): paths pick values out of an event, a template
// puts them into a text that must be JSON.
#pragma once

#include "base/json.h"
#include "base/result.h"
#include "engine/asl/diagnostic.h"
#include "engine/asl/path.h"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace stepd::triggers {

/// Immutable, any thread.
class Transformer {
 public:
  /// `paths`: variable -> JSONPath into the event. In `text`, `<variable>` outside quotes becomes the value as JSON,
  /// inside quotes its text; `<aws.events.event.json>`, `<aws.events.rule-name>` and
  /// `<aws.events.event.ingestion-time>` are there without a path. Faults go to `diagnostics` at
  /// `paths_pointer`/variable and at `template_pointer`.
  static Transformer compile(const Json& paths, const std::string& text, const std::string& paths_pointer,
                             const std::string& template_pointer, asl::Diagnostics& diagnostics);

  /// A variable whose path leads nowhere is null outside quotes and nothing inside them.
  Result<Json> apply(const Json& event, const std::string& rule_name) const;

 private:
  struct Piece {
    std::string text;
    std::string variable;  ///< follows the text; empty: none
    bool quoted = false;
  };
  void split(std::string_view text);
  std::string render(const std::map<std::string, Json>& values) const;

  std::map<std::string, asl::Path> paths_;
  std::vector<Piece> pieces_;
};

}  // namespace stepd::triggers
