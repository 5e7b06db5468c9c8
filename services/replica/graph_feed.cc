#include "services/replica/graph_feed.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "services/engine/graph.h"
#include "services/engine/graph_builder.h"

namespace linchpin::replica {
namespace {

using engine::Graph;
using engine::GraphChanges;
using GraphPointer = std::shared_ptr<const Graph>;

// Documents of a nested kind that go into the graph together.
constexpr int kPiece = 20'000;

// Parses into one message per kind, over and over, which keeps its allocations.
class Feeder {
 public:
  absl::Status Add(const DocumentRef& document) {
    if (document.kind != kind_) {
      kind_ = document.kind;
      message_ = kind_->New();
    }
    if (!message_->ParseFromArray(document.body.data(), static_cast<int>(document.body.size()))) {
      return absl::InternalError(absl::StrCat("`", std::string(document.name), "` does not parse"));
    }
    ++count_;
    return engine::AddUpsert(*message_, changes_);
  }
  absl::Status Delete(std::string_view name) { return engine::AddDelete(name, changes_); }
  int count() const { return count_; }

  absl::Status Apply(int64_t revision, GraphPointer& graph) {
    changes_.revision = revision;
    absl::StatusOr<GraphPointer> next = graph->Apply(changes_);
    if (!next.ok()) return next.status();
    graph = *std::move(next);
    changes_ = GraphChanges();
    count_ = 0;
    return absl::OkStatus();
  }

 private:
  const resource::KindInfo* kind_ = nullptr;
  std::unique_ptr<google::protobuf::Message> message_;
  GraphChanges changes_;
  int count_ = 0;
};

absl::Status AddTable(const DocumentTable& table, int64_t revision, Feeder& feeder, GraphPointer& graph) {
  for (Cursor at = table.Seek(""); at.valid(); at.Next()) {
    if (absl::Status status = feeder.Add(at.document()); !status.ok()) return status;
    // Only nested documents may go in apart: the others refer to each other in any order.
    if (!table.kind()->nested || feeder.count() < kPiece) continue;
    if (absl::Status status = feeder.Apply(revision, graph); !status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<GraphPointer> ApplyToGraph(const Graph& base, std::span<const DocumentEdit> edits,
                                          int64_t revision) {
  Feeder feeder;
  for (const DocumentEdit& edit : edits) {
    // The store of another service has no supply graph.
    if (edit.document.kind->area != resource::Area::kInventory) continue;
    absl::Status status = edit.deleted ? feeder.Delete(edit.document.name) : feeder.Add(edit.document);
    if (!status.ok()) return status;
  }
  // The base is only read; a pointer that does not own it lets both ways in share the rest.
  GraphPointer graph(GraphPointer(), &base);
  if (absl::Status status = feeder.Apply(revision, graph); !status.ok()) return status;
  return graph;
}

absl::StatusOr<GraphPointer> BuildGraph(std::span<const DocumentTable> tables, int64_t revision) {
  GraphPointer graph = Graph::Empty();
  Feeder feeder;
  for (bool nested : {false, true}) {
    for (const DocumentTable& table : tables) {
      if (table.kind()->area != resource::Area::kInventory || table.kind()->nested != nested) continue;
      if (absl::Status status = AddTable(table, revision, feeder, graph); !status.ok()) return status;
    }
    if (absl::Status status = feeder.Apply(revision, graph); !status.ok()) return status;
  }
  return graph;
}

}  // namespace linchpin::replica
