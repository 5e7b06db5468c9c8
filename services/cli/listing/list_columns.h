// The columns of `linchpin list`, by kind of resource.
#ifndef LINCHPIN_SERVICES_CLI_LISTING_LIST_COLUMNS_H_
#define LINCHPIN_SERVICES_CLI_LISTING_LIST_COLUMNS_H_

#include <string>
#include <vector>

namespace linchpin::cli {

// A column of a list of resources.
struct ListColumn {
  const char* head;
  const char* path;   // In proto names, such as "alternatives.target".
  bool fact = false;  // Absent means unknown, unless the resource says that it is none.
  bool wide = false;  // Only with -o wide.
  // A fact that is derived where it is absent: the field `derived` of what the field `from` names.
  const char* from = nullptr;
  const char* derived = nullptr;
};

// In the order in which a list shows them. A kind without columns of its own has its name.
const std::vector<ListColumn>& ListColumnsOf(const std::string& kind);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_LISTING_LIST_COLUMNS_H_
