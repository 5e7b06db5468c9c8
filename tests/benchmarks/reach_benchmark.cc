// The loss of each of 256 vendors, against the tools that people have at hand: what is reachable by igraph's
// breadth-first search over a prebuilt graph, and by a recursive query in PostgreSQL over an indexed table.
// engine_benchmark has Boost.Graph and the floor. Usage: reach_benchmark [QUERIES], the vendors that SQL is
// asked about.
//
// Every need has a single alternative, so that all that is reached falls, and all three must count the same.
// Sweep and igraph take turns, and the best time of each counts, in processor time; a query counts by the
// clock, since it runs in another process, and what one takes is multiplied by the vendors. Goals: 20 times
// as fast as igraph, 300 times as SQL.
#include <igraph/igraph.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <pqxx/pqxx>
#include <string>
#include <tuple>
#include <vector>

#include "services/engine/simulation/sweep.h"
#include "tests/benchmarks/contest.h"
#include "tests/benchmarks/vendor_graph.h"
#include "tests/support/postgres_server.h"

namespace linchpin::engine {
namespace {

using testing_support::PostgresServer;

constexpr int kRounds = 3;

class Igraph {
 public:
  explicit Igraph(const EdgeList& list) : consumers_begin_(list.consumers_begin) {
    igraph_vector_int_t edges;
    igraph_vector_int_init(&edges, static_cast<igraph_integer_t>(2 * list.edges.size()));
    for (size_t i = 0; i < list.edges.size(); ++i) {
      VECTOR(edges)[2 * i] = list.edges[i].first;
      VECTOR(edges)[2 * i + 1] = list.edges[i].second;
    }
    igraph_create(&graph_, &edges, list.vertices, IGRAPH_DIRECTED);
    igraph_vector_int_destroy(&edges);
    igraph_vector_int_init(&order_, 0);
  }
  ~Igraph() {
    igraph_vector_int_destroy(&order_);
    igraph_destroy(&graph_);
  }

  void Reach(uint32_t vendor) { igraph_bfs_simple(&graph_, vendor, IGRAPH_OUT, &order_, nullptr, nullptr); }
  uint32_t ConsumersReached() const {
    uint32_t count = 0;
    for (igraph_integer_t i = 0; i < igraph_vector_int_size(&order_); ++i)
      count += VECTOR(order_)[i] >= consumers_begin_;
    return count;
  }

 private:
  const uint32_t consumers_begin_;
  igraph_t graph_;
  igraph_vector_int_t order_;
};

class Sql {
 public:
  Sql(const std::string& conn_info, const EdgeList& list)
      : connection_(conn_info), begin_(list.consumers_begin) {
    pqxx::work load(connection_);
    load.exec0("DROP TABLE IF EXISTS edges");
    load.exec0("CREATE TABLE edges (source integer NOT NULL, target integer NOT NULL)");
    pqxx::stream_to stream(load, "edges", std::vector<std::string>{"source", "target"});
    for (const auto& [from, to] : list.edges) stream << std::make_tuple(from, to);
    stream.complete();
    load.exec0("CREATE INDEX ON edges (source, target)");
    load.commit();
    pqxx::nontransaction(connection_).exec0("VACUUM ANALYZE edges");
    connection_.prepare(
        "reach",
        "WITH RECURSIVE reached(vertex) AS (SELECT $1::integer UNION SELECT edges.target FROM reached "
        "JOIN edges ON edges.source = reached.vertex) "
        "SELECT count(*) FROM reached WHERE vertex >= $2");
  }

  uint32_t Reach(uint32_t vendor) {
    pqxx::nontransaction read(connection_);
    return read.exec_prepared1("reach", vendor, begin_)[0].as<uint32_t>();
  }

 private:
  pqxx::connection connection_;
  const uint32_t begin_;
};

void CheckEqual(uint32_t ours, uint32_t other, const std::string& key, const char* who) {
  if (ours == other) return;
  std::fprintf(stderr, "%s: %u fall, and %s reaches %u\n", key.c_str(), ours, who, other);
  std::abort();
}

double Clock() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

void Compare(const char* name, const Shape& shape, const std::string& database, int queries) {
  const auto plan = *EvaluationPlan::Create(Build(shape));
  const EdgeList list = EdgesOf(plan->graph());
  const AtomIndex vendors(plan->knowledge(), AtomClass::kVendor);
  Igraph igraph(list);
  std::vector<AtomOutcome> outcomes = *Sweep(*plan, vendors);  // Baselines are found on first use.
  double ours = 1e300, theirs = 1e300;
  for (int round = 0; round < kRounds; ++round) {
    double begin = ProcessorSeconds();
    outcomes = *Sweep(*plan, vendors);
    ours = std::min(ours, ProcessorSeconds() - begin);
    begin = ProcessorSeconds();
    for (VendorIndex vendor : plan->graph().vendors()) igraph.Reach(vendor.value);
    theirs = std::min(theirs, ProcessorSeconds() - begin);
  }
  Sql sql(PostgresServer::ConnInfo(database), list);
  double query = 0;
  for (int i = 0; i < static_cast<int>(outcomes.size()); ++i) {
    const AtomOutcome& outcome = outcomes[static_cast<size_t>(i)];
    igraph.Reach(outcome.atom.index);
    CheckEqual(outcome.impact.proven.impacted, igraph.ConsumersReached(), outcome.key, "igraph");
    if (i >= queries) continue;
    const double begin = Clock();
    const uint32_t reached = sql.Reach(outcome.atom.index);
    query += Clock() - begin;
    CheckEqual(outcome.impact.proven.impacted, reached, outcome.key, "SQL");
  }
  const double all_queries = query / queries * static_cast<double>(outcomes.size());
  std::printf(
      "%s, %zu edges, %zu vendors: sweep %.2f ms; igraph %.1f ms, %.0f times as long (goal 20); SQL %.1f s "
      "(%d queries of "
      "%.1f ms, scaled), %.0f times as long (goal 300); all count the same\n",
      name, list.edges.size(), outcomes.size(), ours * 1e3, theirs * 1e3, theirs / ours, all_queries, queries,
      query / queries * 1e3, all_queries / ours);
}

}  // namespace
}  // namespace linchpin::engine

int main(int argc, char** argv) {
  using linchpin::benchmarks::OrDie;
  namespace engine = linchpin::engine;
  const int queries = argc > 1 ? std::atoi(argv[1]) : 8;
  if (queries < 1) {
    std::fprintf(stderr, "usage: reach_benchmark [QUERIES]\n");
    return 2;
  }
  const auto server = OrDie(linchpin::testing_support::PostgresServer::Start());
  const std::string database = OrDie(server->CreateDatabase());
  engine::Compare("10^5", engine::kOneAlternative, database, queries);
  engine::Compare("10^6", engine::kOneAlternativeLarge, database, queries);
  return 0;
}
