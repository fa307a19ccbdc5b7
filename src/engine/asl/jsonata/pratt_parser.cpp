// The parser: Pratt's top-down operator precedence over the tokens. What it gives still has a node for each operator.
#include "engine/asl/jsonata/jsonata_lexer.h"
#include "engine/asl/jsonata/syntax.h"
#include "engine/asl/jsonata/text_units.h"

#include <algorithm>
#include <array>

namespace stepd::jsonata {

namespace {

struct Infix {
  std::string_view token;
  int power;
  Operator op;  // None: not a binary operator of the plain form
};

constexpr auto kInfixes = std::to_array<Infix>({
    {".", 75, Operator::Step},      {"[", 80, Operator::None},       {"{", 70, Operator::None},
    {"(", 80, Operator::None},      {"@", 80, Operator::Focus},      {"#", 80, Operator::Index},
    {"?", 20, Operator::None},      {"+", 50, Operator::Add},        {"-", 50, Operator::Subtract},
    {"*", 60, Operator::Multiply},  {"/", 60, Operator::Divide},     {"%", 60, Operator::Modulo},
    {"=", 40, Operator::Equal},     {"<", 40, Operator::Less},       {">", 40, Operator::Greater},
    {"!=", 40, Operator::NotEqual}, {"<=", 40, Operator::LessEqual}, {">=", 40, Operator::GreaterEqual},
    {"^", 40, Operator::None},      {"&", 50, Operator::Concat},     {"and", 30, Operator::And},
    {"or", 25, Operator::Or},       {"in", 40, Operator::In},        {"~>", 40, Operator::Chain},
    {":=", 10, Operator::Assign},
});

void raise_height(Node& node, const NodePtr& child) {
  if (child) node.height = std::max(node.height, child->height + 1);
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text), lexer_(text) {}

  NodePtr parse() {
    advance();
    NodePtr tree = expression(0);
    if (token_.type != TokenType::End) throw unexpected("S0201");
    return tree;
  }

 private:
  static const Infix* infix_of(const Token& token) {
    if (token.type != TokenType::Operator) return nullptr;
    const auto found =
        std::find_if(kInfixes.begin(), kInfixes.end(), [&](const Infix& infix) { return infix.token == token.text; });
    return found == kInfixes.end() ? nullptr : &*found;
  }
  bool is_at(std::string_view op) const { return token_.type == TokenType::Operator && token_.text == op; }

  Failure unexpected(std::string_view code) const {
    Failure failure(code, token_.position);
    const bool raw = token_.type == TokenType::Number || token_.type == TokenType::Constant;
    failure.token = token_.text;
    failure.raw_token = raw;
    return failure;
  }

  void advance(bool after_operand = false) {
    token_ = lexer_.next(after_operand);
    if (token_.type == TokenType::Operator && (token_.text == "!" || token_.text == "~")) {
      Failure failure = unexpected("S0204");
      if (token_.text == "!") failure.hint = "$not() negates a boolean, and != compares";
      throw failure;
    }
  }

  void expect(std::string_view op, bool after_operand = false) {
    if (!is_at(op)) {
      Failure failure = unexpected(token_.type == TokenType::End ? "S0203" : "S0202");
      failure.value_json = '"' + std::string(op) + '"';
      throw failure;
    }
    advance(after_operand);
  }

  NodePtr expression(int power) {
    if (++nesting_ > kNestingMax || stack_.is_exceeded()) throw too_deep(token_.position);
    Token first = std::move(token_);
    advance(true);
    NodePtr left = prefix(std::move(first));
    while (const Infix* infix = infix_of(token_)) {
      if (power >= infix->power) break;
      const std::uint32_t position = token_.position;
      advance();
      left = this->infix(*infix, position, std::move(left));
      if (left->height > kHeightMax) throw too_deep(position);
    }
    --nesting_;
    return left;
  }

  NodePtr make(NodeType type, std::uint32_t position) { return std::make_unique<Node>(type, position); }

  NodePtr prefix(Token token) {
    switch (token.type) {
      case TokenType::End:
        return named(NodeType::End, token);
      case TokenType::Name:
        return named(NodeType::Name, token);
      case TokenType::Variable:
        return named(token.text.empty()  ? NodeType::Context
                     : token.text == "$" ? NodeType::Root
                                         : NodeType::Variable,
                     token);
      case TokenType::String:
        return named(NodeType::String, token);
      case TokenType::Constant:
        return named(NodeType::Constant, token);
      case TokenType::Number: {
        NodePtr node = named(NodeType::Number, token);
        node->number = token.number;
        return node;
      }
      case TokenType::Regex: {
        NodePtr node = named(NodeType::Regex, token);
        node->regex = std::move(token.regex);
        return node;
      }
      case TokenType::Operator:
        break;
    }
    return prefix_operator(token);
  }

  NodePtr named(NodeType type, Token& token) {
    NodePtr node = make(type, token.position);
    node->name = std::move(token.text);
    return node;
  }

  NodePtr prefix_operator(Token& token) {
    const std::string& op = token.text;
    if (op == "and" || op == "or" || op == "in") return named(NodeType::Name, token);
    if (op == "-") {
      NodePtr node = make(NodeType::Minus, token.position);
      node->left = expression(70);
      raise_height(*node, node->left);
      return node;
    }
    if (op == "*") return make(NodeType::Wildcard, token.position);
    if (op == "**") return make(NodeType::Descendant, token.position);
    if (op == "%") return make(NodeType::Parent, token.position);
    if (op == "(") return block(token.position);
    if (op == "[") return array(token.position);
    if (op == "{") return pairs(make(NodeType::Object, token.position));
    if (op == "|") return transform(token.position);
    Failure failure("S0211", token.position);
    failure.token = token.text;
    if (op == "?" || op == ":") failure.hint = "the operators ?? and ?: are not part of JSONata 2.0";
    throw failure;
  }

  void add(Node& node, NodePtr child) {
    raise_height(node, child);
    node.children.push_back(std::move(child));
  }

  NodePtr block(std::uint32_t position) {
    NodePtr node = make(NodeType::Block, position);
    while (!is_at(")")) {
      add(*node, expression(0));
      if (!is_at(";")) break;
      expect(";");
    }
    expect(")", true);
    return node;
  }

  NodePtr array(std::uint32_t position) {
    NodePtr node = make(NodeType::Array, position);
    while (!is_at("]")) {
      NodePtr item = expression(0);
      if (is_at("..")) {
        NodePtr range = make(NodeType::Binary, token_.position);
        range->op = Operator::Range;
        expect("..");
        range->left = std::move(item);
        range->right = expression(0);
        raise_height(*range, range->left);
        raise_height(*range, range->right);
        item = std::move(range);
      }
      add(*node, std::move(item));
      if (!is_at(",")) break;
      expect(",");
      if (is_at("]")) throw unexpected("S0211");  // as if an expression began here
    }
    expect("]", true);
    return node;
  }

  NodePtr pairs(NodePtr node) {
    while (!is_at("}")) {
      Pair pair;
      pair.key = expression(0);
      expect(":");
      pair.value = expression(0);
      raise_height(*node, pair.key);
      raise_height(*node, pair.value);
      node->pairs.push_back(std::move(pair));
      if (!is_at(",")) break;
      expect(",");
      if (is_at("}")) throw unexpected("S0211");
    }
    expect("}", true);
    return node;
  }

  NodePtr transform(std::uint32_t position) {
    NodePtr node = make(NodeType::Transform, position);
    node->left = expression(0);
    expect("|");
    node->right = expression(0);
    if (is_at(",")) {
      expect(",");
      node->third = expression(0);
    }
    expect("|");
    for (const auto* child : {&node->left, &node->right, &node->third}) raise_height(*node, *child);
    return node;
  }

  NodePtr infix(const Infix& infix, std::uint32_t position, NodePtr left) {
    if (infix.token == "(") return call(position, std::move(left));
    if (infix.token == "[") return filter(position, std::move(left));
    if (infix.token == "?") return condition(position, std::move(left));
    NodePtr node = make(NodeType::Binary, position);
    raise_height(*node, left);
    if (infix.token == "{") {
      node->op = Operator::Group;
      node->right = pairs(make(NodeType::Object, position));
    } else if (infix.token == "^") {
      node->op = Operator::OrderBy;
      sort_terms(*node);
    } else {
      node->op = infix.op;
      operand(*node, infix, left);
    }
    node->left = std::move(left);
    raise_height(*node, node->right);
    return node;
  }

  void operand(Node& node, const Infix& infix, const NodePtr& left) {
    if (infix.op == Operator::Assign && left->type != NodeType::Variable && left->type != NodeType::Context &&
        left->type != NodeType::Root) {
      Failure failure("S0212", left->position);
      failure.token = token_text(*left);
      throw failure;
    }
    node.right = expression(infix.op == Operator::Assign ? infix.power - 1 : infix.power);
    if ((infix.op == Operator::Focus || infix.op == Operator::Index) && node.right->type != NodeType::Variable) {
      throw Failure("S0214", node.right->position).with_token(infix.token);
    }
  }

  static std::string token_text(const Node& node) {
    return node.type == NodeType::Binary ? std::string(operator_text(node.op)) : node.name;
  }

  void sort_terms(Node& node) {
    expect("(");
    while (true) {
      SortTerm term;
      if (is_at("<")) {
        expect("<");
      } else if (is_at(">")) {
        term.descending = true;
        expect(">");
      }
      term.expression = expression(0);
      raise_height(node, term.expression);
      node.terms.push_back(std::move(term));
      if (!is_at(",")) break;
      expect(",");
    }
    expect(")");
  }

  NodePtr filter(std::uint32_t position, NodePtr left) {
    if (is_at("]")) {
      Node* step = left.get();
      while (step->type == NodeType::Binary && step->op == Operator::Filter) step = step->left.get();
      step->keep_array = true;
      expect("]");
      return left;
    }
    NodePtr node = make(NodeType::Binary, position);
    node->op = Operator::Filter;
    node->right = expression(0);
    expect("]", true);
    node->left = std::move(left);
    raise_height(*node, node->left);
    raise_height(*node, node->right);
    return node;
  }

  NodePtr condition(std::uint32_t position, NodePtr left) {
    NodePtr node = make(NodeType::Condition, position);
    node->left = std::move(left);
    node->right = expression(0);
    if (is_at(":")) {
      expect(":");
      node->third = expression(0);
    }
    for (const auto* child : {&node->left, &node->right, &node->third}) raise_height(*node, *child);
    return node;
  }

  NodePtr call(std::uint32_t position, NodePtr procedure) {
    NodePtr node = make(NodeType::Call, position);
    while (!is_at(")")) {
      if (is_at("?")) {
        node->type = NodeType::Partial;
        add(*node, make(NodeType::Placeholder, token_.position));
        expect("?");
      } else {
        add(*node, expression(0));
      }
      if (!is_at(",")) break;
      expect(",");
      if (is_at(")")) throw unexpected("S0211");
    }
    expect(")", true);
    const bool lambda =
        procedure->type == NodeType::Name && (procedure->name == "function" || procedure->name == "\xCE\xBB");
    node->left = std::move(procedure);
    raise_height(*node, node->left);
    if (lambda) finish_lambda(*node);
    return node;
  }

  void finish_lambda(Node& node) {
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      const Node& parameter = *node.children[i];
      if (parameter.type == NodeType::Variable || parameter.type == NodeType::Context ||
          parameter.type == NodeType::Root) {
        continue;
      }
      Failure failure("S0208", parameter.position);
      failure.token = token_text(parameter);
      failure.value_json = std::to_string(i + 1);
      throw failure;
    }
    node.type = NodeType::Lambda;
    if (is_at("<")) read_signature(node);
    expect("{");
    node.left = expression(0);
    node.height = 1;
    raise_height(node, node.left);
    expect("}");
  }

  void read_signature(Node& node) {
    const std::uint32_t position = token_.position;
    std::string signature = "<";
    for (int depth = 1; depth > 0 && !is_at("{") && token_.type != TokenType::End;) {
      advance();
      if (is_at(">")) --depth;
      if (is_at("<")) ++depth;
      signature += token_.text;
    }
    expect(">");
    try {
      node.signature = std::make_unique<Signature>(signature);
    } catch (Failure& failure) {
      failure.position = position + failure.position.value_or(0);
      throw;
    }
  }

  std::string_view text_;
  Lexer lexer_;
  Token token_;
  const StackMark stack_;
  std::uint32_t nesting_ = 0;
};

}  // namespace

std::string_view operator_text(Operator op) {
  if (op == Operator::Range) return "..";
  if (op == Operator::Filter) return "[";
  if (op == Operator::Group) return "{";
  if (op == Operator::OrderBy) return "^";
  const auto found = std::find_if(kInfixes.begin(), kInfixes.end(), [&](const Infix& infix) { return infix.op == op; });
  return found == kInfixes.end() || op == Operator::None ? std::string_view() : found->token;
}

Failure too_deep(std::uint32_t position) {
  Failure failure("", position);
  failure.bound = Bound::Depth;
  failure.message = "The expression is nested too deeply";
  return failure;
}

NodePtr parse_syntax(std::string_view text) { return Parser(text).parse(); }

}  // namespace stepd::jsonata
