// Project: what templates ask for, in stepd's own terms. It is what a conversion gives; project_writer.h makes a
// configuration of it.
#pragma once

#include "templates/template_node.h"

#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace stepd::templates {

/// Where a part comes from: `F` of the template, or `App/F` of one that it nests.
struct Origin {
  std::string id;
  std::string file;
  Place at;
};

using Texts = std::vector<std::pair<std::string, std::string>>;

struct ProjectBucket {
  Origin origin;
  std::string name;
  bool watched = false;  ///< objects raise events
};

struct ProjectTable {
  struct Keys {
    std::string key;
    std::string key_type;
    std::string sort;  ///< empty: none
    std::string sort_type;
  };
  struct Index {
    std::string name;
    Keys keys;
    Node projection;  ///< ALL, KEYS_ONLY or a list of attributes
    bool local = false;
  };
  Origin origin;
  std::string name;
  Keys keys;
  std::vector<Index> indexes;
  std::string ttl;  ///< the attribute; empty: none
};

struct ProjectFunction {
  Origin origin;
  std::string name;
  std::filesystem::path code;  ///< a folder or a zip; empty with inline_code
  std::string inline_code;
  std::string handler;
  std::string runtime;
  Texts environment;
  std::string timeout_s;  ///< digits; empty: 3
  std::string memory_mib;
  std::vector<std::string> layers;  ///< paths, absolute, or ARNs
  std::string concurrency;
  std::string log_group;
};

struct ProjectMachine {
  Origin origin;
  std::string name;
  bool express = false;
  std::filesystem::path file;  ///< of the definition; empty: it is inline
  Node definition;
  Texts substitutions;
  std::string log_level;  ///< empty: no logging
  std::string log_group;
  bool log_data = false;
};

struct Target {
  enum class Kind : std::uint8_t { Machine, Function, Topic };
  Kind kind = Kind::Machine;
  std::string name;
};

struct ProjectRule {
  Origin origin;
  std::string name;
  Node pattern;
  std::string input_path;   ///< empty: none
  Node paths;               ///< of a transformer
  std::string transformer;  ///< its template; empty: none
  Target target;
};

struct ProjectNotification {
  Origin origin;
  std::string name;
  std::string bucket;
  std::string prefix;
  std::string suffix;
  Target target;
};

struct ProjectSubscriber {
  Origin origin;
  std::string name;
  std::string function;  ///< exactly one of the three is given
  std::string webhook;
  std::vector<std::string> email;
  bool raw = false;
  Node filter;  ///< null: none
};

struct ProjectTopic {
  Origin origin;
  std::string name;
  std::vector<ProjectSubscriber> subscribers;
};

struct ProjectRoute {
  enum class Kind : std::uint8_t { Start, Function };
  enum class Answer : std::uint8_t { Start, Execution, Output };
  enum class Event : std::uint8_t { Http, Rest, Body };  ///< payload format 2.0, 1.0, or the body itself

  struct Address {
    std::string path;
    std::string stage;  ///< `$default` is empty
  };

  Origin origin;
  Kind kind = Kind::Function;
  std::string method;  ///< of a start route always POST
  std::string path;    ///< in the API
  std::vector<Address> addresses;
  std::string target;
  std::string mapping;  ///< of a start route; empty: none
  bool envelope = false;
  Answer answer = Answer::Start;
  Event event = Event::Http;
  bool cors = false;
};

struct ProjectValue {
  Origin origin;
  std::string name;
  std::string value;
  std::string type;
};

struct Output {
  std::string name;
  std::string value;
  std::string description;
};

/// A part of a template that is not served, or not needed: one line for people.
struct Aside {
  Origin origin;
  std::string what;
};

struct Project {
  std::string name;  ///< of the stack
  std::string region;
  std::string account;
  std::vector<ProjectBucket> buckets;
  std::vector<ProjectTable> tables;
  std::vector<ProjectTopic> topics;
  std::vector<ProjectFunction> functions;
  std::vector<ProjectMachine> machines;
  std::vector<ProjectRule> rules;
  std::vector<ProjectNotification> notifications;
  std::vector<ProjectRoute> routes;
  std::vector<ProjectValue> parameters;
  std::vector<ProjectValue> secrets;  ///< without values
  std::vector<std::string> activities;
  std::vector<Output> outputs;
  std::vector<Aside> unserved;   ///< what stepd cannot do
  std::vector<Aside> set_aside;  ///< what it does not need
};

}  // namespace stepd::templates
