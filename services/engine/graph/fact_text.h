// Values of facts as documents write them.
#ifndef LINCHPIN_SERVICES_ENGINE_GRAPH_FACT_TEXT_H_
#define LINCHPIN_SERVICES_ENGINE_GRAPH_FACT_TEXT_H_

#include <optional>
#include <string>
#include <string_view>

#include "services/engine/graph/fact_table.h"
#include "services/engine/graph/facts.h"
#include "services/engine/graph/graph.h"

namespace linchpin::engine {

// As the enums of the inventory write them, without their prefix.
const char* TextOf(HostingMode mode);
const char* TextOf(Relation relation);
const char* TextOf(Weights weights);
const char* TextOf(Custody custody);

// The member that `text` stands for; of a name only one that the graph has. Nothing for anything else.
std::optional<Member> MemberOf(const Graph& graph, FactKind kind, std::string_view text);
// The reverse.
std::string TextOfMember(const Graph& graph, FactKind kind, Member member);

}  // namespace linchpin::engine

#endif  // LINCHPIN_SERVICES_ENGINE_GRAPH_FACT_TEXT_H_
