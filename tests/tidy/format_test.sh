#!/bin/sh
# Fails, naming the places, when a C++ file is not formatted as .clang-format says.
# Usage: format_test.sh CLANG_FORMAT, in the root of the checkout.
set -eu
find services tests -name '*.cc' -o -name '*.h' | sort | xargs "$1" --dry-run -Werror
