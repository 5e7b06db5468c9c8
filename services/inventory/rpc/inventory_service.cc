#include "services/inventory/rpc/inventory_service.h"

#include <grpcpp/impl/service_type.h>

#include <utility>

#include "services/inventory/rpc/batch.h"
#include "services/kit/rpc/service.h"
#include "services/serving/standard_methods.h"

namespace linchpin::inventory {
namespace {

kit::Handler BatchGetHandler(const serving::Reader& reader) {
  return {[&reader](kit::Call& call, const kit::Message& request, kit::Message& response) {
            return BatchGet(reader, call, static_cast<const v1::BatchGetRequest&>(request),
                            static_cast<v1::BatchGetResponse&>(response));
          },
          {v1::BatchGetRequest::descriptor(), v1::BatchGetResponse::descriptor()}};
}

kit::LaterHandler BatchWriteHandler(serving::Writer& writer, const replica::ViewSource& source) {
  return {[&writer, &source](std::shared_ptr<kit::Call> call, const kit::Message& request,
                             kit::Message& response, kit::Done done) {
            BatchWrite(writer, source, std::move(call), static_cast<const v1::BatchWriteRequest&>(request),
                       static_cast<v1::BatchWriteResponse&>(response), std::move(done));
          },
          {v1::BatchWriteRequest::descriptor(), v1::BatchWriteResponse::descriptor()}};
}

}  // namespace

std::unique_ptr<grpc::Service> MakeInventoryService(kit::Pipeline& pipeline, const serving::Reader& reader,
                                                    serving::Writer& writer, Watcher& watcher,
                                                    TraceAnswers& traces, HistoryAnswers& history) {
  kit::ServiceBuilder builder(pipeline);
  serving::BindStandardMethods(builder, resource::Area::kInventory, reader, writer);
  builder.OnPool("BatchGet", reader.snapshots().wait(), BatchGetHandler(reader));
  builder.LaterFromPool("BatchWrite", BatchWriteHandler(writer, reader.snapshots().source()));
  const kit::Wait wait = reader.snapshots().wait();
  builder.Stream("TraceDependencies", wait, kit::BindStream(traces, &TraceAnswers::TraceDependencies));
  builder.Stream("TraceDependents", wait, kit::BindStream(traces, &TraceAnswers::TraceDependents));
  builder.OnPool("FindPaths", wait, kit::Bind(traces, &TraceAnswers::FindPaths));
  builder.OnPool("ListChanges", history.list_wait(), kit::Bind(history, &HistoryAnswers::ListChanges));
  builder.Stream("DiffRevisions", {}, kit::BindStream(history, &HistoryAnswers::DiffRevisions));
  builder.Stream("Watch", {}, kit::BindStream(watcher, &Watcher::Watch));
  return builder.Build();
}

}  // namespace linchpin::inventory
