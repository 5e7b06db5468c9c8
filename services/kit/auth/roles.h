// Roles, and the one table that says which role each RPC needs.
#ifndef LINCHPIN_SERVICES_KIT_AUTH_ROLES_H_
#define LINCHPIN_SERVICES_KIT_AUTH_ROLES_H_

#include <optional>
#include <span>
#include <string_view>

namespace linchpin::kit {

// Each role may do all that the one before it may.
enum class Role {
  kNone = 0,
  kViewer,    // reads, evaluates, simulates
  kEditor,    // writes the inventory
  kApprover,  // writes policies and their assignments
  kAdmin,
};

// "viewer", "editor", "approver", "admin"; "none".
std::string_view RoleName(Role role);
std::optional<Role> ParseRole(std::string_view name);

// One row of the table.
struct RpcRole {
  std::string_view method;  // "linchpin.inventory.v1.InventoryService/GetVendor"
  Role role;
};

// Every RPC of every service of ours, ascending by method.
std::span<const RpcRole> RpcRoles();

// The least role that may call `method`; nullopt if the table does not know it: then nobody may.
std::optional<Role> RequiredRole(std::string_view method);

}  // namespace linchpin::kit

#endif  // LINCHPIN_SERVICES_KIT_AUTH_ROLES_H_
