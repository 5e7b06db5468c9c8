#!/bin/sh
# Runs clang-tidy on the product. It gets the compile commands without what only g++ takes: its precompiled headers above all.
# Usage: clang_tidy.sh RUN_CLANG_TIDY BUILD_DIR, in the root of the checkout.
set -eu
mkdir -p "$2/clang_tidy"
sed -E 's/ -Winvalid-pch -include [^ ]+//; s/ -fpch-preprocess//; s/ -Wno-(restrict|stringop-overflow|stringop-overread)//g' "$2/compile_commands.json" \
  >"$2/clang_tidy/compile_commands.json"
exec "$1" -quiet -p "$2/clang_tidy" "$PWD/services/"
