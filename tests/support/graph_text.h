// Graphs in words, so that a test can compare them.
#ifndef LINCHPIN_TESTS_SUPPORT_GRAPH_TEXT_H_
#define LINCHPIN_TESTS_SUPPORT_GRAPH_TEXT_H_

#include <algorithm>
#include <cstdint>
#include <sstream>
#include <string>
#include <vector>

#include "services/engine/graph/graph.h"

namespace linchpin::engine {

// Everything that a graph says about consumers, in words, so that graphs with other indexes compare equal.
inline std::string Describe(const Graph& graph) {
  std::vector<std::string> lines;
  for (ConsumerIndex c : graph.consumers()) {
    const ConsumerView consumer = graph.consumers()[c];
    std::ostringstream line;
    line << consumer.name() << " p" << consumer.record().priority << " w" << consumer.record().weight << " d"
         << int{consumer.record().derived};
    for (uint32_t g = 0; g < consumer.group_count(); ++g) {
      const GroupView group = consumer.group(g);
      line << " | " << group.id() << " u" << group.terms().units << " r" << group.usage().requests << ":";
      for (uint32_t k = 0; k < group.size(); ++k) {
        line << " " << graph.NameOf(group.target(k)) << " q" << group.alternative(k).quality_ppm << " s"
             << group.alternative(k).switch_seconds << " t" << group.usage(k).tokens;
      }
    }
    lines.push_back(line.str());
  }
  auto describe_dependents = [&](Target target) {
    std::vector<std::string> dependents;
    graph.ForEachDependent(target, [&](const Dependent& dependent) {
      const ConsumerView consumer = graph.consumers()[dependent.consumer()];
      dependents.push_back(std::string(consumer.name()) + "/" +
                           std::string(consumer.group(dependent.group()).id()) + "/" +
                           std::to_string(dependent.alternative()));
    });
    std::sort(dependents.begin(), dependents.end());
    std::string line = std::string(graph.NameOf(target)) + " <-";
    for (const std::string& dependent : dependents) line += " " + dependent;
    lines.push_back(line);
  };
  for (ConsumerIndex c : graph.consumers()) describe_dependents(Target(c));
  for (DeploymentIndex d : graph.deployments()) describe_dependents(Target(d));
  std::sort(lines.begin(), lines.end());
  std::string text;
  for (const std::string& line : lines) text += line + "\n";
  return text;
}

}  // namespace linchpin::engine

#endif  // LINCHPIN_TESTS_SUPPORT_GRAPH_TEXT_H_
