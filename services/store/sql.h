// SQL text that is known when the program is compiled. Nothing else reaches a database.
#ifndef LINCHPIN_SERVICES_STORE_SQL_H_
#define LINCHPIN_SERVICES_STORE_SQL_H_

namespace linchpin::store {

// One statement, or several where the caller says so. Made from a string literal only; values are parameters.
class Sql {
 public:
  consteval Sql(const char* text) : text_(text) {}  // NOLINT(google-explicit-constructor)
  const char* text() const { return text_; }

 private:
  const char* text_;
};

}  // namespace linchpin::store

#endif  // LINCHPIN_SERVICES_STORE_SQL_H_
