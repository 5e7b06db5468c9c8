// Parameters of a PostgreSQL statement, in binary form.
#ifndef LINCHPIN_SERVICES_STORE_POSTGRES_PARAMS_H_
#define LINCHPIN_SERVICES_STORE_POSTGRES_PARAMS_H_

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace linchpin::store {

// The value of int8, int4 or bool in binary form.
int64_t BinaryInt(std::string_view bytes);

// The wire form of one-dimensional arrays without nulls (PostgreSQL, "Binary Format" of array_recv): number
// of dimensions, flags, element type, length, lower bound; then length and bytes of each element.
class PostgresArray {
 public:
  static PostgresArray Int8(size_t size) { return PostgresArray(20, 1016, size); }
  static PostgresArray Text(size_t size) { return PostgresArray(25, 1009, size); }
  static PostgresArray Bytes(size_t size) { return PostgresArray(17, 1001, size); }
  static PostgresArray Bool(size_t size) { return PostgresArray(16, 1000, size); }

  void Add(int64_t value);
  void Add(std::string_view value);
  void AddBool(bool value);

  unsigned int type() const { return type_; }
  // Exactly the announced number of elements has been added.
  std::string Take() && { return std::move(bytes_); }

 private:
  PostgresArray(unsigned int element_type, unsigned int type, size_t size);

  unsigned int type_;
  std::string bytes_;
};

// Values in order of $1, $2 ... A text or bytes value must live as long as this; arrays are moved in.
class PostgresParams {
 public:
  PostgresParams() = default;
  PostgresParams(const PostgresParams&) = delete;
  PostgresParams& operator=(const PostgresParams&) = delete;

  PostgresParams& Int8(int64_t value);
  PostgresParams& Text(std::string_view value) { return Add(25, value); }
  PostgresParams& Bytes(std::string_view value) { return Add(17, value); }
  PostgresParams& Array(PostgresArray array);

  int count() const { return static_cast<int>(types_.size()); }
  const unsigned int* types() const { return types_.data(); }
  const char* const* values() const { return values_.data(); }
  const int* lengths() const { return lengths_.data(); }
  const int* formats() const { return formats_.data(); }

 private:
  PostgresParams& Add(unsigned int type, std::string_view bytes);

  std::deque<std::string> owned_;  // A deque: its elements never move.
  std::vector<unsigned int> types_;
  std::vector<const char*> values_;
  std::vector<int> lengths_;
  std::vector<int> formats_;
};

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_POSTGRES_PARAMS_H_
