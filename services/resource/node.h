// The tree of one document in a file, before it is known what the document means. YAML and JSON are both read
// into it.
#ifndef LINCHPIN_SERVICES_RESOURCE_NODE_H_
#define LINCHPIN_SERVICES_RESOURCE_NODE_H_

#include <string>
#include <vector>

namespace linchpin::resource {

// A place in a file; both from 1, columns in bytes.
struct Position {
  int line = 1;
  int column = 1;
};

// One value with its place. Nesting is bounded by those who build it, so walks over it may recurse.
struct Node {
  enum class Type {
    kNull,
    kPlain,   // written without quotes: its type is that of the field that it is for
    kQuoted,  // text
    kList,
    kMap,
  };
  struct Entry;

  Type type = Type::kNull;
  Position at;
  std::string text;            // of kPlain and kQuoted
  std::vector<Node> items;     // of kList
  std::vector<Entry> entries;  // of kMap, in order, keys unique
};

// One entry of a map.
struct Node::Entry {
  std::string key;
  Position at;
  Node value;
};

// The entry's value of that key; null if there is none.
const Node* Find(const Node& map, const char* key);

}  // namespace linchpin::resource

#endif  // LINCHPIN_SERVICES_RESOURCE_NODE_H_
