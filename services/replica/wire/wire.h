// A walk over the fields of a serialized message.
#ifndef LINCHPIN_SERVICES_REPLICA_WIRE_WIRE_H_
#define LINCHPIN_SERVICES_REPLICA_WIRE_WIRE_H_

#include <cstdint>
#include <string>
#include <string_view>

namespace linchpin::replica {

inline void AppendVarint(uint64_t value, std::string& wire) {
  while (value >= 0x80) {
    wire.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  wire.push_back(static_cast<char>(value));
}

// Visits the fields of one message, in the order in which they stand:
//   for (WireReader reader(bytes); reader.Next();) Use(reader.field(), reader.bytes());
// Ends at the first byte that is no message; the views point into what it was given.
class WireReader {
 public:
  explicit WireReader(std::string_view bytes) : rest_(bytes) {}

  // False at the end.
  bool Next() {
    if (rest_.empty()) return false;
    broken_ = !ReadField();
    return !broken_;
  }

  // Whether it ended at something that is not a field.
  bool broken() const { return broken_; }

  int field() const { return field_; }
  // Whether the field is a string, bytes or a message; then bytes() is its content, else number() a varint's.
  bool has_bytes() const { return has_bytes_; }
  std::string_view bytes() const { return bytes_; }
  uint64_t number() const { return number_; }
  // What has not been read yet.
  std::string_view rest() const { return rest_; }

 private:
  bool ReadField() {
    uint64_t tag = 0;
    if (!ReadVarint(tag)) return false;
    field_ = static_cast<int>(tag >> 3);
    has_bytes_ = (tag & 7) == 2;
    switch (tag & 7) {
      case 0:
        return ReadVarint(number_);
      case 1:
        return Skip(8);
      case 2: {
        uint64_t size = 0;
        if (!ReadVarint(size) || size > rest_.size()) return false;
        bytes_ = rest_.substr(0, size);
        return Skip(size);
      }
      case 5:
        return Skip(4);
      default:
        return false;
    }
  }
  bool ReadVarint(uint64_t& value) {
    value = 0;
    for (int shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
      const auto byte = static_cast<unsigned char>(rest_.front());
      rest_.remove_prefix(1);
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (byte < 0x80) return true;
    }
    return false;
  }
  bool Skip(uint64_t size) {
    if (size > rest_.size()) return false;
    rest_.remove_prefix(size);
    return true;
  }

  std::string_view rest_;
  std::string_view bytes_;
  uint64_t number_ = 0;
  int field_ = 0;
  bool has_bytes_ = false;
  bool broken_ = false;
};

}  // namespace linchpin::replica

#endif  // LINCHPIN_SERVICES_REPLICA_WIRE_WIRE_H_
