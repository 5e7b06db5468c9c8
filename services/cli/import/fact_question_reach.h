// Who rests on what, among the resources of one import.
#ifndef LINCHPIN_SERVICES_CLI_IMPORT_FACT_QUESTION_REACH_H_
#define LINCHPIN_SERVICES_CLI_IMPORT_FACT_QUESTION_REACH_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "google/protobuf/message.h"
#include "services/cli/import/fact_questions.h"

namespace linchpin::cli {

// Names of the resources that an answer about one rests on. Ownerships are for people: nothing computes with
// them.
std::vector<std::string> SupportsOf(const google::protobuf::Message& resource);

// Resources and other things as a graph by number, from what rests on something to what it rests on. Numbers
// below resources().size() are those of resources, by name.
class Reach {
 public:
  explicit Reach(const Standing& standing);

  // A node that is no resource; it rests on nothing.
  uint32_t AddThing();
  // States that a resource rests on a thing.
  void Support(uint32_t resource, uint32_t thing) { supports_[resource].push_back(thing); }

  // How many resources of the kind reach each number; nothing if there is none of the kind. Cost: what each
  // of them reaches is walked once.
  std::vector<size_t> CountFrom(const std::string& kind) const;

  const std::vector<const google::protobuf::Message*>& resources() const { return resources_; }

 private:
  void Connect(uint32_t i);
  void Walk(uint32_t root, std::vector<uint32_t>& met_by, std::vector<size_t>& counts) const;

  std::vector<const google::protobuf::Message*> resources_;
  std::unordered_map<std::string, uint32_t> number_;
  std::vector<std::vector<uint32_t>> supports_;
};

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_IMPORT_FACT_QUESTION_REACH_H_
