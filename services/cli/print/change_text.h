// Changes of resources on the terminal.
#ifndef LINCHPIN_SERVICES_CLI_PRINT_CHANGE_TEXT_H_
#define LINCHPIN_SERVICES_CLI_PRINT_CHANGE_TEXT_H_

#include <string>

#include "google/protobuf/timestamp.pb.h"
#include "linchpin/inventory/v1/history.pb.h"
#include "services/cli/context.h"

namespace linchpin::cli {

// "2026-11-23 10:00:12Z".
std::string ChangeTimeText(const google::protobuf::Timestamp& time);

// "revision 812 of 2026-11-23 10:00:12Z".
std::string PointText(const inventory::v1::RevisionPoint& point);

// "3 created, 1 changed".
std::string CountsText(int created, int updated, int deleted);

// One resource and its fields, a line each: `~ vendors/openai`, `    country: US -> CN`. The fields of what
// was created only with `created_fields`, else how many there are. `indent` spaces before the name.
void PrintChange(Context& context, const inventory::v1::ResourceChange& change, bool created_fields,
                 size_t indent = 2);

}  // namespace linchpin::cli

#endif  // LINCHPIN_SERVICES_CLI_PRINT_CHANGE_TEXT_H_
