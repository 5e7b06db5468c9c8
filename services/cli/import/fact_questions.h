// What an import asks of people: the unknown facts that the most rests on.
#ifndef LINCHPIN_SERVICES_CLI_IMPORT_FACT_QUESTIONS_H_
#define LINCHPIN_SERVICES_CLI_IMPORT_FACT_QUESTIONS_H_

#include <cstddef>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "google/protobuf/message.h"
#include "services/cli/client/client.h"

namespace linchpin::cli {

// The resources of one import as they stand after it: what the files gave, merged with what was there, and
// all that this refers to.
//
// Ownership: what was added must outlive it; what it has read is its own.
class Standing {
 public:
  void Add(const google::protobuf::Message& resource);

  // Reads from the server what is referred to, directly or not, and was not added. Errors: those of the
  // calls. Cost: one BatchGet for each thousand names of each step of reference.
  absl::Status ReadReferred(Client& client);

  const std::map<std::string, const google::protobuf::Message*>& by_name() const { return by_name_; }

 private:
  std::map<std::string, const google::protobuf::Message*> by_name_;
  std::vector<std::unique_ptr<google::protobuf::Message>> read_;
};

// A fact that nobody has stated.
struct FactQuestion {
  std::string name;       // of the resource
  std::string field;      // as files write it: "hostingMode"
  std::string what;       // "hosting mode is", "weights are"
  std::string answer;     // what may stand there: "OPEN or PROPRIETARY"
  std::string when_none;  // when it is known to be none: "if it was trained from scratch"; empty: it never is
  std::string likely;     // what it probably is, as the resource says; empty: it does not
  std::string possible = {};  // what it can only be; empty: it may be anything
  std::string bound = {};     // the fact of a bound that would do as well; empty: none would
  std::string body = {};      // what stands in the document in place of the one field; empty: that field
  std::vector<std::string> also = {};  // other resources with the same answer, since they are one thing
  std::string where = {};              // that thing: an address
  size_t count = 0;                    // how many rest on it ...
  std::string of;                      // ... of what: "application", "route", "deployment"
  int late = 0;  // of those of one count, later ones are harder to find out or tell less

  // "3 applications rest on this: host of deployments/x is unknown".
  std::string Why() const;
};

// What to ask.
struct FactQuestions {
  std::vector<FactQuestion> first;  // the most valuable, those of one resource together
  size_t unknown = 0;               // how many there are in all
};

// Ranks the unknown facts by how many applications reach the resource that lacks them, by the alternatives of
// their dependencies and what those refer to; where nothing is an application, by how many deployments do.
// What is likely comes after what is not, of one count. After all come what only a vendor can tell, and
// tiers, since these change how bad an outage is, not what stops. Ties go by name, then as the fields of the
// kind are asked. At most `max` are listed. One thing is asked once: what answers at one address of a
// gateway, and where the interface of one operator runs (of a cloud that is not asked).
//
// Asked are model, hosting mode, operator and host of deployments; developer, weights, licence and base
// models of models; country and parent of vendors; country and provider of hosts; the tier. Not the origin of
// weights: it follows from the developer.
//
// Cost: what each application reaches is walked once.
FactQuestions FindFactQuestions(const Standing& standing, size_t max = 5);

// Brings the asks of one resource together, where the first of them stands.
void GroupByResource(FactQuestions& asks);

// The asks as documents to fill in, for `apply --merge`, with what to do as comments; no line is wider than
// 80 columns but for long names. Empty if there is none.
std::string WriteFactQuestions(const FactQuestions& asks);

// The asks as a list in JSON.
std::string WriteAsksJson(const FactQuestions& asks);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_IMPORT_FACT_QUESTIONS_H_
