// One run of a simulated node: clients that ask for whatever a seed says while everything goes wrong, then a time in
// which nothing goes wrong any more and everything has to come to its end.
#pragma once

#include "sim/chance.h"
#include "sim/node_ledger.h"
#include "sim/simulated_node.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace stepd::test {

class NodeWorkload {
 public:
  explicit NodeWorkload(std::uint64_t seed);

  /// What was broken, in words; empty: nothing.
  std::vector<std::string> run();
  NodeTally& tally() { return ledger_.tally; }

 private:
  struct MadeMachine {
    std::string arn;
    bool express = false;
    bool pure = false;
    std::string definition;
    std::vector<std::string> inputs;
    std::string qualifier = "";  ///< a version or an alias that was acknowledged
  };

  void make_machines();
  void make_pure_machine();
  void create(MadeMachine machine, const std::string& name);

  // Chaos: something happens, whatever it is.
  void happen();
  void ask();
  void start();
  void stop();
  void redrive();
  void poll();
  /// False: there is no token. `well`: one that is not answered yet, and by a success.
  bool answer_task(bool well);
  void change_machine();
  void restart();

  // Peace.
  bool settle();
  bool has_ended() const;
  /// For people: the executions that are open, and the kinds of what they await, with the milliseconds until it is due.
  std::string what_is_open() const;
  bool end_polls();
  /// Stops one that cannot be read. False: there is none left.
  bool end_unreadable();
  void check_oracle();

  std::string some_execution();

  Chance chance_;
  const bool is_large_;  ///< many machines, much of everything; most runs are small
  NodeLedger ledger_;
  SimulatedNode node_;
  std::vector<MadeMachine> machines_;
  std::string activity_;
  std::size_t events_;    ///< of the chaos
  std::size_t requests_;  ///< left
  std::size_t crashes_;   ///< likewise
  std::size_t polls_ = 0;
  std::map<std::string, int> tries_;  ///< to answer, by token
  std::set<std::string> stopped_;     ///< because they were unreadable
};

}  // namespace stepd::test
