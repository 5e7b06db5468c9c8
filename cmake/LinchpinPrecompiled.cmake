# Headers that are compiled once for many sources: docs/adr/0004-headers-are-precompiled.md.
include_guard(GLOBAL)

option(LINCHPIN_PCH "Precompile the headers that most sources read; off to see that each file includes what it uses" ON)

# What files of every kind read: the standard library, Abseil and the runtime of protobuf.
set(LINCHPIN_BASE_HEADERS
  <algorithm> <array> <atomic> <charconv> <chrono> <cmath> <compare> <condition_variable> <cstdint> <deque> <fstream>
  <functional> <limits> <map> <memory> <mutex> <optional> <random> <set> <span> <sstream> <string> <string_view> <thread>
  <tuple> <unordered_map> <unordered_set> <utility> <variant> <vector>
  <absl/base/thread_annotations.h>
  <absl/container/flat_hash_map.h>
  <absl/container/flat_hash_set.h>
  <absl/functional/function_ref.h>
  <absl/status/status.h>
  <absl/status/statusor.h>
  <absl/strings/str_cat.h>
  <absl/strings/str_join.h>
  <absl/strings/str_split.h>
  <absl/synchronization/mutex.h>
  <absl/time/clock.h>
  <absl/time/time.h>
  <google/protobuf/descriptor.h>
  <google/protobuf/duration.pb.h>
  <google/protobuf/extension_set.h>
  <google/protobuf/generated_message_reflection.h>
  <google/protobuf/message.h>
  <google/protobuf/reflection_ops.h>
  <google/protobuf/repeated_field.h>
  <google/protobuf/timestamp.pb.h>
  <google/protobuf/unknown_field_set.h>
  <google/protobuf/wire_format.h>)

# linchpin_precompiled(NAME base HEADERS ... [DEPS ...] [FLAGS ...]): compiles the headers once, for linchpin_use_precompiled. They are
# named in angle brackets: a path of this checkout would keep the compiler cache from serving another one.
function(linchpin_precompiled)
  cmake_parse_arguments(ARG "" "NAME" "HEADERS;DEPS;FLAGS" ${ARGN})
  if(NOT LINCHPIN_PCH)
    return()
  endif()
  set(target linchpin_precompiled_${ARG_NAME})
  set(empty ${CMAKE_CURRENT_BINARY_DIR}/${target}.cc)
  file(CONFIGURE OUTPUT ${empty} CONTENT "// CMake wants a source.\n")
  add_library(${target} OBJECT EXCLUDE_FROM_ALL ${empty})
  target_link_libraries(${target} PRIVATE ${ARG_DEPS})
  target_compile_options(${target} PRIVATE ${ARG_FLAGS})
  target_precompile_headers(${target} PRIVATE ${ARG_HEADERS})
endfunction()

# linchpin_use_precompiled(engine base): the target's sources see these headers first. The flags that g++ compares have to be
# those of the precompiled ones, or -Winvalid-pch says so.
function(linchpin_use_precompiled target name)
  if(LINCHPIN_PCH)
    target_precompile_headers(${target} REUSE_FROM linchpin_precompiled_${name})
  endif()
endfunction()
