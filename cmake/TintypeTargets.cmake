# tintype_library(base DEPENDS …): a static library tintype_base from this folder's *.cpp, and, from its
# *_test.cpp, a program tintype_base_tests whose every TEST is a ctest with the label `unit`.
# Sources are globbed, so that adding a file is adding a file.
include(GoogleTest)

# The standard headers nearly every file needs, compiled once (ADR 0001).
add_library(tintype_pch OBJECT ${CMAKE_CURRENT_LIST_DIR}/pch.cpp)
target_precompile_headers(tintype_pch PRIVATE
  <algorithm> <array> <atomic> <chrono> <condition_variable> <cstddef> <cstdint> <cstring> <functional> <map> <memory> <mutex>
  <optional> <span> <string> <string_view> <thread> <utility> <variant> <vector>)
target_compile_options(tintype_pch PRIVATE "SHELL:-Xclang -fno-pch-timestamp")

function(tintype_use_pch target)
  target_precompile_headers(${target} REUSE_FROM tintype_pch)
  target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")
endfunction()

function(tintype_library name)
  cmake_parse_arguments(ARG "" "" "DEPENDS;TEST_DEPENDS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER sources EXCLUDE REGEX "_test\\.cpp$")
  set(target tintype_${name})
  if(sources)
    add_library(${target} STATIC ${sources})
    target_include_directories(${target} PUBLIC ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(${target} PUBLIC ${ARG_DEPENDS})
    tintype_use_pch(${target})
  else()
    add_library(${target} INTERFACE)
    target_include_directories(${target} INTERFACE ${PROJECT_SOURCE_DIR}/src)
    target_link_libraries(${target} INTERFACE ${ARG_DEPENDS})
  endif()
  if(tests AND NOT TINTYPE_FUZZ)
    tintype_tests(${target}_tests LABELS unit SOURCES ${tests} DEPENDS ${target} ${ARG_TEST_DEPENDS})
  endif()
endfunction()

# tintype_tests(name LABELS <one label: unit, contract, integration, or optional for what may be skipped> SOURCES … DEPENDS … [TIMEOUT s] [ENVIRONMENT …])
function(tintype_tests target)
  cmake_parse_arguments(ARG "" "TIMEOUT" "LABELS;SOURCES;DEPENDS;ENVIRONMENT" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 60)
  endif()
  add_executable(${target} ${ARG_SOURCES})
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
  target_link_libraries(${target} PRIVATE ${ARG_DEPENDS} GTest::gmock GTest::gtest_main)
  tintype_use_pch(${target})
  gtest_discover_tests(${target} NO_PRETTY_VALUES DISCOVERY_MODE PRE_TEST DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT} ENVIRONMENT "${ARG_ENVIRONMENT}")
endfunction()
