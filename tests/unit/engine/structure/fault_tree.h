// Fault trees as supply graphs: the top event is an application, a gate a consumer, a basic event a vendor
// with one deployment. An application that fails when all of its alternatives do is an AND gate, one that
// fails when any of its needs does is an OR gate; one that needs m of n is a gate of "at least n - m + 1".
#ifndef LINCHPIN_TESTS_UNIT_ENGINE_STRUCTURE_FAULT_TREE_H_
#define LINCHPIN_TESTS_UNIT_ENGINE_STRUCTURE_FAULT_TREE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "services/engine/graph/facts.h"

namespace linchpin::engine {

struct FaultTree {
  enum class Op : uint8_t { kAnd, kOr, kAtLeast };
  struct Gate {
    Op op = Op::kAnd;
    int64_t k = 0;  // Of kAtLeast.
    std::vector<std::string> arguments;
  };

  std::string top;
  std::map<std::string, Gate> gates;
  std::map<std::string, double> events;

  // Names as in the graph: "applications/" + gate, "vendors/" + event.
  GraphChanges Facts() const {
    GraphChanges facts;
    facts.revision = 1;
    for (const auto& [event, probability] : events) {
      facts.vendors.push_back({"vendors/" + event, std::nullopt, Fact<std::string>::None()});
      facts.deployments.push_back({.name = "deployments/" + event,
                                   .mode = HostingMode::kThirdPartyHosted,
                                   .operator_vendor = "vendors/" + event,
                                   .capacity_units = Fact<int64_t>::None(),
                                   .intermediaries = Fact<std::vector<std::string>>::None()});
    }
    for (const auto& [name, gate] : gates) AddGate(name, gate, facts);
    return facts;
  }

 private:
  std::string TargetOf(const std::string& argument) const {
    return (gates.count(argument) > 0 ? "applications/" : "deployments/") + argument;
  }

  void AddGate(const std::string& name, const Gate& gate, GraphChanges& facts) const {
    ConsumerFacts consumer{.name = "applications/" + name};
    consumer.continuity.min_viable_ppm = gate.op == Op::kAtLeast ? kOne : 1;
    facts.consumers.push_back(consumer);
    const int64_t needed = static_cast<int64_t>(gate.arguments.size()) - gate.k + 1;
    GroupFacts group{.consumer = consumer.name};
    for (const std::string& argument : gate.arguments) {
      AlternativeFacts alternative{.target = TargetOf(argument), .switch_seconds = 0};
      if (gate.op == Op::kAtLeast) alternative.share_ppm = (kOne + needed - 1) / needed;
      group.alternatives.push_back(alternative);
      if (gate.op == Op::kOr || &argument == &gate.arguments.back()) {
        group.id = "need-" + std::to_string(facts.groups.size());
        facts.groups.push_back(group);
        group.alternatives.clear();
      }
    }
  }
};

}  // namespace linchpin::engine

#endif  // LINCHPIN_TESTS_UNIT_ENGINE_STRUCTURE_FAULT_TREE_H_
