#include "services/serving/standard_methods.h"

#include <memory>
#include <string>
#include <utility>

namespace linchpin::serving {
namespace {

using kit::Message;

using WriteMethod = void (Writer::*)(Writer::CallPointer, const Message&, Message&, Writer::Done);

kit::LaterHandler WriteHandler(Writer& writer, WriteMethod method) {
  return {.run = [&writer, method](Writer::CallPointer call, const Message& request, Message& response,
                                   kit::Done done) {
    (writer.*method)(std::move(call), request, response, std::move(done));
  }};
}

// "BusinessServices"
std::string PluralOf(const resource::KindInfo& kind) {
  std::string plural = kind.collection;
  plural[0] = static_cast<char>(plural[0] - 'a' + 'A');
  return plural;
}

void BindKind(kit::ServiceBuilder& builder, const resource::KindInfo& kind, const Reader& reader,
              Writer& writer) {
  const kit::Wait wait = reader.snapshots().wait();
  // Get is the busiest call: the documents are kept in the form in which they go out.
  builder.Inline("Get" + kind.kind, wait,
                 [&reader, &kind](kit::Call& call, const Message& request, std::string& wire) {
                   return reader.GetBytes(call, request, kind, wire);
                 });
  builder.OnPool("List" + PluralOf(kind), wait,
                 {.run = [&reader](kit::Call& call, const Message& request, Message& response) {
                   return reader.List(call, request, response);
                 }});
  builder.Later("Create" + kind.kind, WriteHandler(writer, &Writer::Create));
  builder.Later("Update" + kind.kind, WriteHandler(writer, &Writer::Update));
  builder.Later("Delete" + kind.kind, WriteHandler(writer, &Writer::Delete));
}

}  // namespace

void BindStandardMethods(kit::ServiceBuilder& builder, resource::Area area, const Reader& reader,
                         Writer& writer, const std::set<std::string>& except) {
  for (const resource::KindInfo* kind : resource::Kinds()) {
    if (kind->area == area && !except.contains(kind->kind) && builder.Has("Create" + kind->kind))
      BindKind(builder, *kind, reader, writer);
  }
}

}  // namespace linchpin::serving
