// How the scopes of rules come out for a few subjects.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_INCREMENTAL_CHANGE_ASKER_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_INCREMENTAL_CHANGE_ASKER_H_

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "services/policy/domain/incremental/scope_ledger.h"
#include "services/policy/domain/inquiry/questions.h"
#include "services/policy/domain/rules/selection.h"
#include "services/policy/domain/rules/workspace.h"
#include "services/policy/domain/rules/world.h"

namespace linchpin::policy {

// Adds names of subjects of any kind.
void AddNames(const std::set<std::string>& names, SubjectNames& into);

// Of all scopes, by number.
using ScopeParts = std::vector<ScopePart>;

// Asks all questions about those of the subjects that exist, with what each violation says.
ScopeParts AskAbout(const SubjectNames& subjects, const World& world, Workspace& workspace,
                    const Questions& questions);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_INCREMENTAL_CHANGE_ASKER_H_
