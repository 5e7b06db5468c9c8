#include "services/store/postgres/params.h"

#include <utility>

namespace linchpin::store {
namespace {

void PutInt4(uint32_t value, std::string* out) {
  for (int shift = 24; shift >= 0; shift -= 8) out->push_back(static_cast<char>(value >> shift));
}

void PutInt8(int64_t value, std::string* out) {
  PutInt4(static_cast<uint32_t>(static_cast<uint64_t>(value) >> 32), out);
  PutInt4(static_cast<uint32_t>(value), out);
}

}  // namespace

int64_t BinaryInt(std::string_view bytes) {
  uint64_t value = bytes.empty() || (bytes[0] & 0x80) == 0 ? 0 : ~uint64_t{0};
  for (char byte : bytes) value = value << 8 | static_cast<unsigned char>(byte);
  return static_cast<int64_t>(value);
}

PostgresArray::PostgresArray(unsigned int element_type, unsigned int type, size_t size) : type_(type) {
  // An empty array has no dimension.
  PutInt4(size == 0 ? 0 : 1, &bytes_);
  PutInt4(0, &bytes_);
  PutInt4(element_type, &bytes_);
  if (size == 0) return;
  PutInt4(static_cast<uint32_t>(size), &bytes_);
  PutInt4(1, &bytes_);
}

void PostgresArray::Add(int64_t value) {
  PutInt4(8, &bytes_);
  PutInt8(value, &bytes_);
}

void PostgresArray::Add(std::string_view value) {
  PutInt4(static_cast<uint32_t>(value.size()), &bytes_);
  bytes_.append(value);
}

void PostgresArray::AddBool(bool value) {
  PutInt4(1, &bytes_);
  bytes_.push_back(value ? 1 : 0);
}

PostgresParams& PostgresParams::Int8(int64_t value) {
  std::string& bytes = owned_.emplace_back();
  PutInt8(value, &bytes);
  return Add(20, bytes);
}

PostgresParams& PostgresParams::Array(PostgresArray array) {
  const unsigned int type = array.type();
  return Add(type, owned_.emplace_back(std::move(array).Take()));
}

PostgresParams& PostgresParams::Add(unsigned int type, std::string_view bytes) {
  types_.push_back(type);
  // A null pointer would be NULL.
  values_.push_back(bytes.data() == nullptr ? "" : bytes.data());
  lengths_.push_back(static_cast<int>(bytes.size()));
  formats_.push_back(1);
  return *this;
}

}  // namespace linchpin::store
