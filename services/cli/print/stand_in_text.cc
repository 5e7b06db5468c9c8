#include "services/cli/print/stand_in_text.h"

#include "services/base/text.h"
#include "services/cli/print/figures.h"

namespace linchpin::cli {

std::string StandInText(int64_t routes) {
  if (routes == 0) return "";
  return base::Cat(
      {"No application is declared; ", Counted(routes, "route stands", "routes stand"), " in, one each.\n"});
}

Nouns CountedNouns(int64_t stand_in_routes) {
  if (stand_in_routes > 0) return {"route", "routes"};
  return {"application", "applications"};
}

}  // namespace linchpin::cli
