#include "services/replica/graph_feed.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "services/engine/graph/graph.h"
#include "services/engine/graph/graph_builder.h"

namespace linchpin::replica {
namespace {

using engine::Graph;
using engine::GraphChanges;
using Edits = std::span<const DocumentEdit>;

// Documents of a nested kind that go into the graph together.
constexpr size_t kPiece = 20'000;

// Collects the changes that edits make to a graph. Parses into one message per kind, over and over, which
// keeps its allocations.
class ChangeReader {
 public:
  absl::Status Add(const DocumentEdit& edit, GraphChanges& changes) {
    const DocumentRef& document = edit.document;
    if (edit.deleted) return engine::AddDelete(document.name, changes);
    google::protobuf::Message& message = MessageOf(document.kind);
    if (!message.ParseFromArray(document.body.data(), static_cast<int>(document.body.size()))) {
      return absl::DataLossError(absl::StrCat("`", std::string(document.name), "` does not parse"));
    }
    return engine::AddUpsert(message, changes);
  }
  // What stands for a document while it is refused.
  absl::Status AddStandIn(const DocumentRef& document, GraphChanges& changes) {
    if (document.kind->nested) return engine::AddDelete(document.name, changes);
    google::protobuf::Message& message = MessageOf(document.kind);
    message.Clear();
    message.GetReflection()->SetString(&message, document.kind->descriptor->FindFieldByName("name"),
                                       std::string(document.name));
    return engine::AddUpsert(message, changes);
  }

 private:
  google::protobuf::Message& MessageOf(const resource::KindInfo* kind) {
    if (kind != kind_) {
      kind_ = kind;
      message_ = kind->New();
    }
    return *message_;
  }

  const resource::KindInfo* kind_ = nullptr;
  std::unique_ptr<google::protobuf::Message> message_;
};

// Makes the graph of one revision.
class Feeder {
 public:
  Feeder(const FedGraph& base, int64_t revision)
      : graph_(base.graph), quarantine_(*base.quarantine), revision_(revision) {}

  // Nested documents must not come before what they belong to.
  void Feed(Edits edits) {
    if (!Try(edits).ok()) FeedApart(edits);
  }

  // Tries one that is quarantined again, the next one at the next revision.
  void Retry(std::span<const DocumentTable> tables) {
    if (quarantine_.empty()) return;
    auto at = quarantine_.begin();
    std::advance(at, revision_ % static_cast<int64_t>(quarantine_.size()));
    const std::string name = at->first;
    const resource::KindInfo* kind = resource::KindOfName(name);
    for (const DocumentTable& table : tables) {
      if (table.kind() != kind) continue;
      const std::optional<DocumentRef> document = table.Find(name);
      if (!document) continue;
      const DocumentEdit edit{*document};
      Try({&edit, 1}).IgnoreError();
    }
  }

  FedGraph Finish(const FedGraph& base) {
    GraphChanges none;
    if (graph_->revision() != revision_) Apply(none).IgnoreError();  // Nothing in it can be refused.
    FedGraph fed = base;
    fed.graph = std::move(graph_);
    if (quarantine_ != *base.quarantine) {
      fed.quarantine = std::make_shared<const Quarantine>(std::move(quarantine_));
    }
    return fed;
  }

 private:
  // All or nothing.
  absl::Status Try(Edits edits) {
    GraphChanges changes;
    for (const DocumentEdit& edit : edits) {
      if (absl::Status status = reader_.Add(edit, changes); !status.ok()) return status;
    }
    if (absl::Status status = Apply(changes); !status.ok()) return status;
    if (quarantine_.empty()) return absl::OkStatus();
    for (const DocumentEdit& edit : edits) quarantine_.erase(std::string(edit.document.name));
    return absl::OkStatus();
  }

  absl::Status Apply(GraphChanges& changes) {
    changes.revision = revision_;
    absl::StatusOr<std::shared_ptr<const Graph>> next = graph_->Apply(changes);
    if (next.ok()) graph_ = *std::move(next);
    return next.status();
  }

  // First nothing is known of what is written; then as much as the graph takes. Every name is there from the
  // start, and what a graph with less knowledge refuses, one with more refuses too: so the order in which
  // documents come decides nothing, and only those stay out that are refused by themselves.
  void FeedApart(Edits edits) {
    GraphChanges stand_ins;
    std::vector<DocumentEdit> written, deleted;
    for (const DocumentEdit& edit : edits) {
      if (edit.deleted && !edit.document.kind->nested) {
        deleted.push_back(edit);
      } else {
        if (!edit.deleted) written.push_back(edit);
        reader_.AddStandIn(edit.document, stand_ins).IgnoreError();  // A name of its kind always is one.
      }
      quarantine_.erase(std::string(edit.document.name));
    }
    if (absl::Status status = Apply(stand_ins); !status.ok()) return Refuse(edits, status);
    // A dependency may belong to a consumer that is refused at first.
    std::stable_partition(written.begin(), written.end(),
                          [](const DocumentEdit& edit) { return !edit.document.kind->nested; });
    Halve(written);
    Halve(deleted);
  }

  // Feeds what the graph takes of `edits`, and quarantines the rest.
  void Halve(Edits edits) {
    if (edits.empty()) return;
    const absl::Status status = Try(edits);
    if (status.ok()) return;
    if (edits.size() == 1) return Refuse(edits, status);
    Halve(edits.first(edits.size() / 2));
    Halve(edits.subspan(edits.size() / 2));
  }

  void Refuse(Edits edits, const absl::Status& status) {
    for (const DocumentEdit& edit : edits)
      quarantine_[std::string(edit.document.name)] = std::string(status.message());
  }

  std::shared_ptr<const Graph> graph_;
  Quarantine quarantine_;
  const int64_t revision_;
  ChangeReader reader_;
};

void FeedTable(const DocumentTable& table, std::vector<DocumentEdit>& piece, Feeder& feeder) {
  for (Cursor at = table.Seek(""); at.valid(); at.Next()) {
    piece.push_back({at.document()});
    // Only nested documents may go in apart: the others refer to each other in any order.
    if (!table.kind()->nested || piece.size() < kPiece) continue;
    feeder.Feed(piece);
    piece.clear();
  }
}

}  // namespace

FedGraph::FedGraph() : graph(Graph::Empty()), quarantine(std::make_shared<const Quarantine>()) {}

FedGraph ApplyToGraph(const FedGraph& base, Edits edits, std::span<const DocumentTable> tables,
                      int64_t revision) {
  // The store of another service has no supply graph.
  std::vector<DocumentEdit> of_inventory;
  of_inventory.reserve(edits.size());
  for (const DocumentEdit& edit : edits) {
    if (edit.document.kind->area == resource::Area::kInventory) of_inventory.push_back(edit);
  }
  Feeder feeder(base, revision);
  feeder.Feed(of_inventory);
  feeder.Retry(tables);
  return feeder.Finish(base);
}

FedGraph BuildGraph(std::span<const DocumentTable> tables, int64_t revision) {
  const FedGraph empty;
  Feeder feeder(empty, revision);
  for (bool nested : {false, true}) {
    std::vector<DocumentEdit> piece;
    for (const DocumentTable& table : tables) {
      if (table.kind()->area != resource::Area::kInventory || table.kind()->nested != nested) continue;
      FeedTable(table, piece, feeder);
    }
    feeder.Feed(piece);
  }
  return feeder.Finish(empty);
}

}  // namespace linchpin::replica
