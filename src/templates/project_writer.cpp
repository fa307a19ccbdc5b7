#include "templates/project_writer.h"

#include "templates/yaml_writer.h"

#include <algorithm>

namespace stepd::templates {
namespace {

/// Members that are left out where there is nothing to say.
struct Section {
  Node node = Node::map();

  void text(const char* name, const std::string& value) {
    if (!value.empty()) node.set(name, Node::of(value));
  }
  void number(const char* name, const std::string& digits) {
    if (!digits.empty()) node.set(name, Node::number(digits));
  }
  void add(const char* name, Node value) { node.set(name, std::move(value)); }
};

Node texts(const std::vector<std::string>& values) {
  Node list = Node::list();
  for (const auto& value : values) list.items.push_back(Node::of(value));
  return list;
}

Node texts(const Texts& values) {
  Node map = Node::map();
  for (const auto& [name, value] : values) map.set(name, Node::of(value));
  return map;
}

bool is_digits(const std::string& text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

class Configuration {
 public:
  Configuration(const Converted& converted, const WriteOptions& options)
      : converted_(converted), project_(converted.project), options_(options) {}

  Written write() && {
    root_.set("listen", Node::of(options_.listen));
    root_.set("region", Node::of(project_.region));
    root_.set("account", Node::of(project_.account));
    section("buckets", project_.buckets, [](const ProjectBucket& each) { return bucket(each); });
    section("tables", project_.tables, [](const ProjectTable& each) { return table(each); });
    section("topics", project_.topics, [](const ProjectTopic& each) { return topic(each); });
    section("functions", project_.functions, [this](const ProjectFunction& each) { return function(each); });
    section("state_machines", project_.machines, [this](const ProjectMachine& each) { return machine(each); });
    section("rules", project_.rules, [](const ProjectRule& each) { return rule(each); });
    section("notifications", project_.notifications,
            [](const ProjectNotification& each) { return notification(each); });
    routes();
    section("parameters", project_.parameters, [](const ProjectValue& each) { return parameter(each); });
    // Before it is printed: a masked text needs other quotes.
    if (!options_.show_secrets) mask(root_);
    return {head() + to_yaml(root_) + masked(asides(), converted_.secrets), std::move(files_)};
  }

 private:
  void mask(Node& node) const {
    node.text = masked(std::move(node.text), converted_.secrets);
    for (auto& item : node.items) mask(item);
    for (auto& member : node.members) mask(member.value);
  }

  template <class T, class Make>
  void section(const char* name, const std::vector<T>& things, Make make) {
    if (things.empty()) return;
    Node map = Node::map();
    for (const auto& each : things) {
      map.set(each.name, make(each));
      // A name that the template does not give says little: its logical id stands above it.
      if (each.name.find(each.origin.id) != 0) map.members.back().comment = each.origin.id;
    }
    root_.set(name, std::move(map));
  }

  std::string relative(const std::filesystem::path& path) const {
    if (options_.folder.empty()) return path.string();
    const auto near = path.lexically_relative(options_.folder);
    return near.empty() ? path.string() : near.string();
  }

  static Node bucket(const ProjectBucket& each) {
    Section section;
    if (each.watched) section.add("watch", Node::of(true));
    return section.node;
  }

  static void keys(Section& section, const ProjectTable::Keys& keys) {
    section.text("key", keys.key);
    section.text("key_type", keys.key_type);
    section.text("sort", keys.sort);
    section.text("sort_type", keys.sort_type);
  }

  static Node table(const ProjectTable& each) {
    Section section;
    keys(section, each.keys);
    Node indexes = Node::map();
    for (const auto& index : each.indexes) {
      Section inner;
      keys(inner, index.keys);
      inner.add("projection", index.projection);
      if (index.local) inner.add("local", Node::of(true));
      indexes.set(index.name, inner.node);
    }
    if (!indexes.members.empty()) section.add("indexes", std::move(indexes));
    section.text("ttl", each.ttl);
    return section.node;
  }

  static Node topic(const ProjectTopic& each) {
    Section section;
    Node subscribers = Node::map();
    for (const auto& subscriber : each.subscribers) {
      Section inner;
      inner.text("function", subscriber.function);
      inner.text("webhook", subscriber.webhook);
      if (!subscriber.email.empty()) inner.add("email", texts(subscriber.email));
      if (subscriber.raw) inner.add("raw", Node::of(true));
      if (subscriber.filter.is_map()) inner.add("filter", subscriber.filter);
      subscribers.set(subscriber.name, inner.node);
    }
    if (!subscribers.members.empty()) section.add("subscribers", std::move(subscribers));
    return section.node;
  }

  Node function(const ProjectFunction& each) {
    Section section;
    if (each.code.empty()) {
      const auto folder = options_.inline_folder / each.name;
      files_.push_back({folder / (each.runtime.starts_with("nodejs") ? "index.js" : "index.py"), each.inline_code});
      section.text("code", relative(folder));
    } else {
      section.text("code", relative(each.code));
    }
    section.text("handler", each.handler);
    section.text("runtime", each.runtime);
    if (!each.environment.empty()) section.add("environment", texts(each.environment));
    if (is_digits(each.timeout_s)) section.text("timeout", each.timeout_s + "s");
    if (is_digits(each.memory_mib)) section.text("memory", each.memory_mib + " MiB");
    if (!each.layers.empty()) {
      Node layers = Node::list();
      for (const auto& layer : each.layers) {
        layers.items.push_back(Node::of(layer.starts_with("arn:") ? layer : relative(layer)));
      }
      section.add("layers", std::move(layers));
    }
    if (is_digits(each.concurrency)) section.number("concurrency", each.concurrency);
    section.text("log_group", each.log_group);
    return section.node;
  }

  Node machine(const ProjectMachine& each) {
    Section section;
    if (each.file.empty()) {
      section.add("definition", each.definition);
    } else {
      section.text("definition", relative(each.file));
    }
    if (each.express) section.text("type", "EXPRESS");
    if (!each.log_level.empty()) {
      Section logging;
      logging.text("level", each.log_level);
      logging.text("group", each.log_group);
      if (each.log_data) logging.add("include_execution_data", Node::of(true));
      section.add("logging", logging.node);
    }
    if (!each.substitutions.empty()) section.add("substitutions", texts(each.substitutions));
    return section.node;
  }

  static void target(Section& section, const Target& target) {
    const char* kinds[] = {"state_machine", "function", "topic"};
    section.text(kinds[static_cast<std::size_t>(target.kind)], target.name);
  }

  static Node rule(const ProjectRule& each) {
    Section section;
    section.add("pattern", each.pattern);
    section.text("input_path", each.input_path);
    if (!each.transformer.empty()) {
      Section transformer;
      if (each.paths.is_map() && !each.paths.members.empty()) transformer.add("paths", each.paths);
      transformer.text("template", each.transformer);
      section.add("input_transformer", transformer.node);
    }
    target(section, each.target);
    return section.node;
  }

  static Node notification(const ProjectNotification& each) {
    Section section;
    section.text("bucket", each.bucket);
    section.text("prefix", each.prefix);
    section.text("suffix", each.suffix);
    target(section, each.target);
    return section.node;
  }

  static Node parameter(const ProjectValue& each) {
    Section section;
    section.add("value", Node::of(each.value));
    section.text("type", each.type);
    return section.node;
  }

  static Node start_route(const ProjectRoute& route) {
    Section section;
    section.text("state_machine", route.target);
    section.text("mapping", route.mapping);
    if (route.envelope) section.add("envelope", Node::of(true));
    const char* answers[] = {"", "execution", "output"};
    section.text("answer", answers[static_cast<std::size_t>(route.answer)]);
    return section.node;
  }

  static Node function_route(const ProjectRoute& route, const std::string& stage) {
    Section section;
    section.text("function", route.target);
    const char* events[] = {"", "proxy-1.0", "body"};
    section.text("event", events[static_cast<std::size_t>(route.event)]);
    if (route.event != ProjectRoute::Event::Body) section.text("stage", stage);
    if (route.cors) section.add("cors", Node::of(true));
    return section.node;
  }

  void routes() {
    Node starts = Node::map();
    Node functions = Node::map();
    for (const auto& route : project_.routes) {
      for (const auto& [path, stage] : route.addresses) {
        if (route.kind == ProjectRoute::Kind::Start) {
          starts.set(path, start_route(route));
          continue;
        }
        static const std::vector<std::string> kEvery{"GET", "POST", "PUT", "PATCH", "DELETE"};
        for (const auto& method : route.method == "ANY" ? kEvery : std::vector<std::string>{route.method}) {
          auto node = function_route(route, stage);
          // A request without a body has none to give.
          if (route.event == ProjectRoute::Event::Body && (method == "GET" || method == "DELETE")) continue;
          functions.set(method + " " + path, std::move(node));
        }
      }
    }
    Node section = Node::map();
    if (!starts.members.empty()) section.set("start", std::move(starts));
    if (!functions.members.empty()) section.set("functions", std::move(functions));
    if (!section.members.empty()) root_.set("routes", std::move(section));
  }

  std::string head() const {
    return as_comment("Converted from " + options_.source + " by `stepd convert` (stack " + project_.name + ").");
  }

  static std::string listed(const std::vector<Aside>& asides) {
    std::string text;
    for (const auto& each : asides) text += "\n  " + each.origin.id + ": " + each.what;
    return text;
  }

  std::string asides() const {
    std::string text;
    if (!project_.secrets.empty()) {
      std::string names;
      for (const auto& each : project_.secrets) names += "\n  " + each.name + ": { file: FILE }   # or { env: NAME }";
      text += as_comment("The template holds no values of secrets: say where they are.\nsecrets:" + names);
    }
    if (!project_.unserved.empty()) text += as_comment("Not served:" + listed(project_.unserved));
    if (!project_.set_aside.empty()) text += as_comment("Not needed here:" + listed(project_.set_aside));
    return text.empty() ? "" : "\n" + text;
  }

  const Converted& converted_;
  const Project& project_;
  const WriteOptions& options_;
  Node root_ = Node::map();
  std::vector<InlineCode> files_;
};

/// The address of an API of API Gateway is this server's.
std::string with_own_address(std::string value, const std::string& url) {
  constexpr std::string_view kBegin = "https://";
  const auto host = value.find(".execute-api.");
  const auto begin = host == std::string::npos ? host : value.rfind(kBegin, host);
  const auto end = host == std::string::npos ? host : value.find(".amazonaws.com", host);
  if (begin == std::string::npos || end == std::string::npos) return value;
  return value.replace(begin, end + 14 - begin, url);
}

template <class T>
std::string named(const char* what, const std::vector<T>& things) {
  std::string text;
  for (const auto& each : things) text += (text.empty() ? "" : ", ") + each.name;
  return text.empty() ? "" : std::string(what) + text + "\n";
}

}  // namespace

Written write_project(const Converted& converted, const WriteOptions& options) {
  return Configuration(converted, options).write();
}

std::string describe_project(const Converted& converted, const std::string& url) {
  const auto& project = converted.project;
  std::string text = "stack    " + project.name + "\n";
  text += named("buckets  ", project.buckets) + named("tables   ", project.tables) + named("topics   ", project.topics);
  text += named("machines ", project.machines) + named("lambda   ", project.functions);
  for (const auto& route : project.routes) {
    text += "route    " + route.method + " " + url + route.addresses.front().path + " -> " + route.target + "\n";
  }
  for (const auto& output : project.outputs) {
    std::string value = with_own_address(output.value, url);
    std::replace_if(
        value.begin(), value.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
    text += "output   " + output.name + " = " + value + "\n";
  }
  for (const auto& each : project.unserved) text += "not served: " + each.origin.id + ": " + each.what + "\n";
  return masked(std::move(text), converted.secrets);
}

std::string to_text(const Problem& problem) {
  std::string text = problem.file;
  if (problem.at.line > 0) text += ":" + std::to_string(problem.at.line) + ":" + std::to_string(problem.at.column);
  return text + (problem.severity == Problem::Severity::Warning ? ": warning: " : ": ") + problem.message;
}

}  // namespace stepd::templates
