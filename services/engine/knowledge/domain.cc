#include "services/engine/knowledge/domain.h"

#include <iterator>

namespace linchpin::engine {
namespace {

using Members = std::vector<Member>;

Members Intersection(const Members& a, const Members& b) {
  Members out;
  std::set_intersection(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}
Members Difference(const Members& a, const Members& b) {
  Members out;
  std::set_difference(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}
Members Union(const Members& a, const Members& b) {
  Members out;
  std::set_union(a.begin(), a.end(), b.begin(), b.end(), std::back_inserter(out));
  return out;
}

}  // namespace

Domain Common(const Domain& a, const Domain& b) {
  Domain common{a.listed || b.listed, a.none && b.none, {}};
  if (a.listed && b.listed) {
    common.values = Intersection(a.values, b.values);
  } else if (common.listed) {
    common.values = a.listed ? Difference(a.values, b.values) : Difference(b.values, a.values);
  } else {
    common.values = Union(a.values, b.values);
  }
  return common;
}

Domain Either(const Domain& a, const Domain& b) {
  Domain either{a.listed && b.listed, a.none || b.none, {}};
  if (either.listed) {
    either.values = Union(a.values, b.values);
  } else if (a.listed || b.listed) {
    either.values = a.listed ? Difference(b.values, a.values) : Difference(a.values, b.values);
  } else {
    either.values = Intersection(a.values, b.values);
  }
  return either;
}

Domain Cut(const Domain& domain, const Bound& bound) {
  // Of what is excluded, `none` says whether a known none is; of what is listed, whether it is a member.
  return Common(domain, {!bound.excludes, bound.excludes != bound.none, bound.values});
}

}  // namespace linchpin::engine
