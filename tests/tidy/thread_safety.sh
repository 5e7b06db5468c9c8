#!/bin/sh
# Lets clang check the locks: every source that has one to do with, by -Wthread-safety. Nothing is compiled to its end. The headers
# that g++ precompiles are precompiled for clang, which makes this a minute instead of ten.
# Usage: thread_safety.sh CLANG BUILD_DIR, in the root of the checkout.
set -eu
clang=$1
build=$2
out=$build/thread_safety
mkdir -p "$out"
flags="-std=c++20 -fPIE -pthread -I$PWD -isystem $build/proto/gen -I$build/services/kit -I$build/services/server -isystem /usr/include/postgresql \
-Wthread-safety -Werror -Wno-unused-command-line-argument"

# A header of a lock concerns the source of the same name, too.
sources=$(grep -rlE 'absl::Mutex|GUARDED_BY|LOCKS_REQUIRED' services --include='*.h' --include='*.cc' | sed 's/\.h$/.cc/' | sort -u |
  while read -r file; do [ ! -f "$file" ] || echo "$file"; done)
[ "$(echo "$sources" | wc -l)" -gt 40 ] || { echo "hardly any source has a lock: is the pattern still right?"; exit 1; }

for set in base grpc; do
  "$clang" $flags -w -x c++-header "$build/proto/CMakeFiles/linchpin_precompiled_$set.dir/cmake_pch.hxx" -o "$out/$set.pch" &
done
wait
set_of() {
  case $1 in
  services/kit/* | services/*/rpc/* | services/serving/* | services/replica/* | services/server/*) echo grpc ;;
  *) echo base ;;
  esac
}
failed=0
echo "$sources" | while read -r file; do echo "$(set_of "$file") $file"; done |
  xargs -P 2 -n 2 sh -c "$clang $flags -fsyntax-only -include-pch $out/\$0.pch \$1 2>&1 || exit 1" || failed=1
exit $failed
