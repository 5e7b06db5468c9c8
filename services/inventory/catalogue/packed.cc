#include "services/inventory/catalogue/packed.h"

#include <cstdint>
#include <utility>

#include "google/protobuf/io/coded_stream.h"
#include "google/protobuf/io/zero_copy_stream_impl_lite.h"
#include "services/resource/kinds.h"

namespace linchpin::catalogue {
namespace {

using google::protobuf::io::CodedInputStream;
using google::protobuf::io::CodedOutputStream;

void AppendBytes(std::string_view bytes, CodedOutputStream& out) {
  out.WriteVarint32(static_cast<uint32_t>(bytes.size()));
  out.WriteRaw(bytes.data(), static_cast<int>(bytes.size()));
}

bool ReadBytes(CodedInputStream& in, std::string& bytes) {
  uint32_t size = 0;
  return in.ReadVarint32(&size) && in.ReadString(&bytes, static_cast<int>(size));
}

}  // namespace

void AppendPacked(const google::protobuf::Message& resource, std::string& out) {
  google::protobuf::io::StringOutputStream stream(&out);
  CodedOutputStream coded(&stream);
  AppendBytes(resource.GetDescriptor()->name(), coded);
  AppendBytes(resource.SerializeAsString(), coded);
}

absl::Status ReadPacked(std::string_view bytes,
                        const std::function<void(std::unique_ptr<google::protobuf::Message>)>& sink) {
  CodedInputStream in(reinterpret_cast<const uint8_t*>(bytes.data()), static_cast<int>(bytes.size()));
  std::string kind_name, wire;
  while (static_cast<size_t>(in.CurrentPosition()) < bytes.size()) {
    if (!ReadBytes(in, kind_name) || !ReadBytes(in, wire))
      return absl::InternalError("the packed catalogue ends within a resource");
    const resource::KindInfo* const kind = resource::FindKind(kind_name);
    if (kind == nullptr) return absl::InternalError("the packed catalogue holds a kind that there is not");
    std::unique_ptr<google::protobuf::Message> resource = kind->New();
    if (!resource->ParseFromString(wire))
      return absl::InternalError("the packed catalogue holds a resource that cannot be read");
    sink(std::move(resource));
  }
  return absl::OkStatus();
}

}  // namespace linchpin::catalogue
