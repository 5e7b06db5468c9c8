# The one place that says how a library, a program and a test are built here.
include_guard(GLOBAL)
include(LinchpinPrecompiled)

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
# Libraries are static and end in programs. With the flag of programs they share precompiled headers with them.
set(CMAKE_CXX_COMPILE_OPTIONS_PIC -fPIE)
add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-pthread>)

find_program(LINCHPIN_CCACHE ccache)
if(LINCHPIN_CCACHE)
  # Paths relative to the checkout, so that a second checkout hits the same cache. Precompiled headers want `pch_defines` and
  # -fpch-preprocess; they are large, so that their hash is remembered by inode.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 CCACHE_SLOPPINESS=pch_defines,time_macros CCACHE_INODECACHE=1
      ${LINCHPIN_CCACHE})
  add_compile_options($<$<COMPILE_LANG_AND_ID:CXX,GNU>:-fpch-preprocess>)
endif()
find_program(LINCHPIN_MOLD mold)
if(LINCHPIN_MOLD)
  add_link_options(-fuse-ld=mold)
endif()
if(LINCHPIN_SANITIZE)
  # What a sanitizer adds makes g++ see values that may be uninitialized where none are.
  add_compile_options(-fsanitize=${LINCHPIN_SANITIZE} -fno-omit-frame-pointer)
  set(LINCHPIN_SANITIZE_WARNINGS -Wno-maybe-uninitialized)
  add_link_options(-fsanitize=${LINCHPIN_SANITIZE})
endif()

find_package(Threads REQUIRED)
find_package(Protobuf REQUIRED)
find_package(absl CONFIG REQUIRED)
find_package(PkgConfig REQUIRED)
if(NOT LINCHPIN_PURE_ONLY)
  find_package(gRPC CONFIG REQUIRED)
  find_package(prometheus-cpp CONFIG REQUIRED COMPONENTS pull)
  pkg_check_modules(jemalloc REQUIRED IMPORTED_TARGET jemalloc)
  pkg_check_modules(sqlite3 REQUIRED IMPORTED_TARGET sqlite3)
  pkg_check_modules(yaml_cpp REQUIRED IMPORTED_TARGET yaml-cpp)
endif()
if(LINCHPIN_TESTS)
  find_package(GTest REQUIRED)
endif()

function(linchpin_warnings target)
  # g++ 12 sees overlapping copies in assignments to std::string at -O2 that are none (GCC bug 105329).
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wno-restrict ${LINCHPIN_SANITIZE_WARNINGS})
  if(LINCHPIN_PCH)
    # bits/char_traits.h of g++ 12 silences these for itself by pragmas, which g++ forgets when it is precompiled.
    target_compile_options(${target} PRIVATE -Wno-array-bounds -Wno-stringop-overflow -Wno-stringop-overread)
  endif()
  if(LINCHPIN_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
endfunction()

# Test code is compiled more often than it runs: LINCHPIN_TEST_FLAGS of the preset says how.
function(linchpin_test_code target)
  target_compile_options(${target} PRIVATE ${LINCHPIN_TEST_FLAGS})
endfunction()

# linchpin_library(NAME engine SRCS ... DEPS ... [PRECOMPILED grpc]): static library linchpin_engine, alias linchpin::engine.
# PRECOMPILED is one of the sets in proto/CMakeLists.txt, `base` if nothing is said; `tests` makes it test code.
function(linchpin_library)
  cmake_parse_arguments(ARG "" "NAME;PRECOMPILED" "SRCS;DEPS;PRIVATE_DEPS" ${ARGN})
  if(NOT ARG_PRECOMPILED)
    set(ARG_PRECOMPILED base)
  endif()
  add_library(linchpin_${ARG_NAME} STATIC ${ARG_SRCS})
  add_library(linchpin::${ARG_NAME} ALIAS linchpin_${ARG_NAME})
  target_include_directories(linchpin_${ARG_NAME} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(linchpin_${ARG_NAME} PUBLIC ${ARG_DEPS} PRIVATE ${ARG_PRIVATE_DEPS})
  linchpin_warnings(linchpin_${ARG_NAME})
  linchpin_use_precompiled(linchpin_${ARG_NAME} ${ARG_PRECOMPILED})
  if(ARG_PRECOMPILED STREQUAL tests)
    linchpin_test_code(linchpin_${ARG_NAME})
  endif()
endfunction()

# linchpin_program(NAME linchpind SRCS ... DEPS ...): executable in build/bin.
function(linchpin_program)
  cmake_parse_arguments(ARG "" "NAME" "SRCS;DEPS" ${ARGN})
  add_executable(${ARG_NAME} ${ARG_SRCS})
  target_include_directories(${ARG_NAME} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${ARG_NAME} PRIVATE ${ARG_DEPS})
  set_target_properties(${ARG_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
  linchpin_warnings(${ARG_NAME})
  linchpin_use_precompiled(${ARG_NAME} base)
endfunction()

# linchpin_test(NAME x_test SRCS ... DEPS ... [LABELS unit] [TIMEOUT 120] [PATHS_FOR x_test.cc] [OPTIMIZED]): one GoogleTest
# program, one ctest entry. Sources in PATHS_FOR find their data and the built programs by LINCHPIN_SOURCE_DIR and
# LINCHPIN_BINARY_DIR, never by the working directory; the others are compiled without, so that the cache of another checkout has
# them. OPTIMIZED is for a test that computes much itself: it is compiled as the product is.
function(linchpin_test)
  cmake_parse_arguments(ARG "OPTIMIZED" "NAME;TIMEOUT" "SRCS;DEPS;LABELS;PATHS_FOR" ${ARGN})
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 120)
  endif()
  add_executable(${ARG_NAME} ${ARG_SRCS})
  target_include_directories(${ARG_NAME} PRIVATE ${CMAKE_SOURCE_DIR})
  target_link_libraries(${ARG_NAME} PRIVATE ${ARG_DEPS} GTest::gmock GTest::gtest_main)
  set_source_files_properties(${ARG_PATHS_FOR} PROPERTIES COMPILE_DEFINITIONS
    "LINCHPIN_SOURCE_DIR=\"${CMAKE_SOURCE_DIR}\";LINCHPIN_BINARY_DIR=\"${CMAKE_BINARY_DIR}\"")
  linchpin_warnings(${ARG_NAME})
  if(ARG_OPTIMIZED)
    linchpin_use_precompiled(${ARG_NAME} base)
  else()
    linchpin_use_precompiled(${ARG_NAME} tests)
    linchpin_test_code(${ARG_NAME})
  endif()
  add_test(NAME ${ARG_NAME} COMMAND ${ARG_NAME})
  set_tests_properties(${ARG_NAME} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT})
endfunction()
