#include "templates/for_each.h"

#include "templates/template_limits.h"

#include <utility>

namespace stepd::templates {
namespace {

constexpr std::string_view kLoop = "Fn::ForEach::";

class Loops {
 public:
  explicit Loops(Problems& problems) : problems_(problems) {}

  void expand(Node& node) {
    for (auto& item : node.items) expand(item);
    std::vector<Member> members;
    for (auto& member : node.members) {
      if (member.name.starts_with(kLoop)) {
        run(member, members);
      } else {
        expand(member.value);
        members.push_back(std::move(member));
      }
    }
    node.members = std::move(members);
  }

 private:
  void run(const Member& loop, std::vector<Member>& out) {
    const auto& parts = loop.value.items;
    if (parts.size() != 3 || !parts[0].is_text() || !parts[1].is_list() || !parts[2].is_map()) {
      problems_.error(loop.at, loop.name + ": expected [variable, [texts], {key: value}]");
      return;
    }
    for (const auto& item : parts[1].items) {
      if (!item.is_scalar()) {
        problems_.error(item.at, loop.name + ": only a written list of texts can be looped over");
        return;
      }
      Node body = parts[2];
      charge(body, loop);
      if (stopped_) return;
      fill(body, parts[0].text, item.text);
      expand(body);
      for (auto& member : body.members) out.push_back(std::move(member));
    }
  }

  void charge(const Node& body, const Member& loop) {
    weight_ += weight_of(body);
    if (weight_ <= limits::kEvaluated || stopped_) return;
    stopped_ = true;
    problems_.error(loop.at, loop.name + " makes too much of the template");
  }

  static void replace(std::string& text, const std::string& variable, const std::string& item) {
    for (const auto& form : {"${" + variable + "}", "&{" + variable + "}"}) {
      for (auto at = text.find(form); at != std::string::npos; at = text.find(form, at + item.size())) {
        text.replace(at, form.size(), item);
      }
    }
  }

  static void fill(Node& node, const std::string& variable, const std::string& item) {
    if (function_of(node) == "Ref" && node.members.front().value.text == variable) {
      node = Node::of(item, node.at);
      return;
    }
    replace(node.text, variable, item);
    for (auto& each : node.items) fill(each, variable, item);
    for (auto& member : node.members) {
      replace(member.name, variable, item);
      fill(member.value, variable, item);
    }
  }

  Problems& problems_;
  std::size_t weight_ = 0;
  bool stopped_ = false;
};

}  // namespace

void expand_loops(Node& root, Problems& problems) { Loops(problems).expand(root); }

}  // namespace stepd::templates
