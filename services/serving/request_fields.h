// Fields of a request by name. The requests of all kinds have the same fields under the same names.
#ifndef LINCHPIN_SERVICES_SERVING_REQUEST_FIELDS_H_
#define LINCHPIN_SERVICES_SERVING_REQUEST_FIELDS_H_

#include <string>

#include "google/protobuf/message.h"

namespace linchpin::serving {

// Reads fields by name; one that the request does not have is empty. Lives as long as the request.
class RequestFields {
 public:
  explicit RequestFields(const google::protobuf::Message& request)
      : request_(request), reflection_(*request.GetReflection()) {}

  const std::string& String(const char* name) const {
    const auto* field = Find(name);
    return field == nullptr ? empty_ : reflection_.GetStringReference(request_, field, &scratch_);
  }
  int Int32(const char* name) const {
    const auto* field = Find(name);
    return field == nullptr ? 0 : reflection_.GetInt32(request_, field);
  }
  bool Bool(const char* name) const {
    const auto* field = Find(name);
    return field != nullptr && reflection_.GetBool(request_, field);
  }
  bool Has(const char* name) const {
    const auto* field = Find(name);
    return field != nullptr && reflection_.HasField(request_, field);
  }
  // Only for a field that the request has.
  const google::protobuf::Message& Message(const char* name) const {
    return reflection_.GetMessage(request_, Find(name));
  }

 private:
  const google::protobuf::FieldDescriptor* Find(const char* name) const {
    return request_.GetDescriptor()->FindFieldByName(name);
  }

  const google::protobuf::Message& request_;
  const google::protobuf::Reflection& reflection_;
  const std::string empty_;
  mutable std::string scratch_;
};

}  // namespace linchpin::serving

#endif  // LINCHPIN_SERVICES_SERVING_REQUEST_FIELDS_H_
