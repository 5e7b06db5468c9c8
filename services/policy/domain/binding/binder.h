// Values of a policy as a rule needs them: parameters put in, types checked, sets of countries resolved.
#ifndef LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_BINDER_H_
#define LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_BINDER_H_

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "linchpin/policy/v1/assignment.pb.h"
#include "linchpin/policy/v1/policy.pb.h"
#include "linchpin/policy/v1/value.pb.h"
#include "services/base/error.h"
#include "services/engine/concentration/exact.h"
#include "services/policy/domain/binding/field_path.h"
#include "services/policy/domain/binding/jurisdictions.h"

namespace linchpin::policy {

// Puts parameter values into the values of a policy and gathers what is wrong, with the path of each field.
//
// Without an assignment it only checks: a parameter without a value stands for any value of its type, and
// what the functions return is of no use. They always return something; whoever binds must look at
// violations() at the end. Ownership: keeps references to everything it is given.
class Binder {
 public:
  // `assignment` null: check only. `sets` null: names of sets are taken as they are.
  Binder(const v1::Policy& policy, const v1::Assignment* assignment, const JurisdictionSets* sets);

  bool checks_only() const { return assignment_ == nullptr; }

  void Complain(std::string_view field, std::string_view what);
  const std::vector<base::FieldViolation>& violations() const { return violations_; }

  // The parameters' own declarations and, with an assignment, its values of them.
  void CheckParameters();

  // `as_written`, if given, gets what the set was named by, for people: "US, CA" or "jurisdictionSets/eu27".
  CountrySet Countries(const v1::Value& value, const std::string& field, std::string* as_written = nullptr);
  engine::Decimal Number(const v1::Value& value, const std::string& field);
  absl::Duration Duration(const v1::Value& value, const std::string& field);
  // The value of the duration parameter `name`.
  absl::Duration DurationParameter(const std::string& name, const std::string& field);
  // A value to compare fields of `path` with. A jurisdiction set gives its countries, where `many` allows
  // several.
  std::vector<Scalar> Comparands(const v1::Value& value, const FieldPath& path, bool many,
                                 const std::string& field);

  // Whether a message may speak of the parameter.
  bool HasParameter(std::string_view name) const { return declared_.contains(name); }
  // Values of all parameters as text, for messages.
  std::map<std::string, std::string> ParameterTexts() const;

 private:
  // The value itself, or that of the parameter it names. Null: there is none to be had, and the reason has
  // been given where it is a fault.
  const v1::Value* Resolve(const v1::Value& value, const std::string& field,
                           std::vector<v1::Parameter::Type> types);
  const v1::Value* ParameterValue(const v1::Parameter& parameter) const;
  void CheckValue(const v1::Parameter& parameter, const v1::Value& value, const std::string& field);
  void AddCountry(const std::string& text, const std::string& field, CountrySet& set);

  const v1::Policy& policy_;
  const v1::Assignment* assignment_;
  const JurisdictionSets* sets_;
  std::map<std::string, const v1::Parameter*, std::less<>> declared_;
  std::vector<base::FieldViolation> violations_;
};

// The name in a string of the form `${name}`; nothing for any other string.
std::optional<std::string> ParameterName(std::string_view text);

// Reads 90s, 15m, 4h, 30d: digits and one unit. Nothing for any other text or beyond 100 years.
std::optional<absl::Duration> ParseShortDuration(std::string_view text);

// A value as people write it: `0.4`, `30d`, `CN, RU`.
std::string ValueText(const v1::Value& value);

}  // namespace linchpin::policy

#endif  // LINCHPIN_SERVICES_POLICY_DOMAIN_BINDING_BINDER_H_
