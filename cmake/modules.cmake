# recast_module(<name> [LIBRARIES <targets>...])
# A module is the folder it is called from: one library `recast_<name>` of its *.cpp, one test program of its *_test.cpp,
# one fuzz target per *_fuzz.cpp. A module of headers only becomes an interface library.
function(recast_module name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBRARIES;TEST_LIBRARIES;FOLDERS")
  list(TRANSFORM arg_FOLDERS APPEND /*.cpp)
  list(TRANSFORM arg_FOLDERS PREPEND ${CMAKE_CURRENT_SOURCE_DIR}/)
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp ${arg_FOLDERS})
  set(tests ${sources})
  set(fuzzers ${sources})
  list(FILTER sources EXCLUDE REGEX "_(test|fuzz|bench)\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cpp$")
  set(target recast_${name})
  if(sources)
    add_library(${target} STATIC ${sources})
    target_link_libraries(${target} PUBLIC recast_flags ${arg_LIBRARIES})
  else()
    add_library(${target} INTERFACE)
    target_link_libraries(${target} INTERFACE recast_flags ${arg_LIBRARIES})
  endif()
  recast_tests(${name} "${tests}" ${target} ${arg_TEST_LIBRARIES})
  recast_fuzzers(${name} "${fuzzers}" ${target})
endfunction()

# One GoogleTest program of several sources; every TEST becomes a ctest of its own.
function(recast_tests name sources)
  if(NOT BUILD_TESTING OR NOT sources OR RECAST_FUZZ)
    return()
  endif()
  add_executable(${name}_test ${sources})
  target_link_libraries(${name}_test PRIVATE ${ARGN} recast_test_support GTest::gtest GTest::gmock GTest::gtest_main)
  set_target_properties(${name}_test PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  gtest_discover_tests(${name}_test TEST_PREFIX "${name}." DISCOVERY_MODE PRE_TEST PROPERTIES TIMEOUT 120
                       ENVIRONMENT "RECAST_BINARIES=${CMAKE_RUNTIME_OUTPUT_DIRECTORY}")
endfunction()

# Fuzz targets: libFuzzer under the `fuzz` preset; elsewhere the same code replays its seeds as an ordinary test.
function(recast_fuzzers name sources)
  foreach(source IN LISTS sources)
    get_filename_component(fuzzer ${source} NAME_WE)
    set(target ${name}_${fuzzer})
    get_filename_component(folder ${source} ABSOLUTE)
    get_filename_component(folder ${folder} DIRECTORY)
    set(seeds ${folder}/${fuzzer}_seeds)
    if(RECAST_FUZZ)
      add_executable(${target} ${source})
      target_link_options(${target} PRIVATE -fsanitize=fuzzer)
      target_link_libraries(${target} PRIVATE ${ARGN})
    elseif(BUILD_TESTING)
      add_executable(${target} ${source} ${CMAKE_SOURCE_DIR}/tests/support/replay_seeds.cpp)
      target_link_libraries(${target} PRIVATE ${ARGN})
      add_test(NAME fuzz_seeds.${target} COMMAND ${target} ${seeds})
    endif()
    if(TARGET ${target})
      set_property(GLOBAL APPEND PROPERTY recast_fuzzers ${target})
      set_target_properties(${target} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/fuzz)
    endif()
  endforeach()
endfunction()

# recast_worker(<name> [LIBRARIES <targets>...]), for a plugin.cmake: the resident worker in ${plugin_folder}/worker.
# Its main.cpp becomes the program recast-worker-<name>, the rest the library recast_<name>_worker, which its *_test.cpp and
# *_fuzz.cpp are linked with.
function(recast_worker name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "LIBRARIES")
  file(GLOB sources CONFIGURE_DEPENDS ${plugin_folder}/worker/*.cpp)
  set(tests ${sources})
  set(fuzzers ${sources})
  list(FILTER sources EXCLUDE REGEX "(_test|_fuzz|/main)\\.cpp$")
  list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
  list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cpp$")
  set(library recast_${name}_worker)
  if(sources)
    add_library(${library} STATIC ${sources})
    target_link_libraries(${library} PUBLIC ${plugin_target} recast_worker ${arg_LIBRARIES})
  else()
    add_library(${library} INTERFACE)
    target_link_libraries(${library} INTERFACE ${plugin_target} recast_worker ${arg_LIBRARIES})
  endif()
  recast_tests(${name}_worker "${tests}" ${library})
  recast_fuzzers(${name} "${fuzzers}" ${library})
  add_executable(recast-worker-${name} ${plugin_folder}/worker/main.cpp)
  target_link_libraries(recast-worker-${name} PRIVATE ${library})
  if(TARGET engine_${plugin}_test)
    add_dependencies(engine_${plugin}_test recast-worker-${name})
  endif()
endfunction()

# recast_plugins(<kind> <contract>): every folder below the current one is a plug-in of that contract.
# Its *.cpp are its code; `plugin.cmake`, if there is one, adds libraries to ${plugin_target} or programs of its own
# (a resident worker lives in `worker/`). The list of register_<folder>() calls is written to register_all.cpp.
function(recast_plugins kind contract)
  file(GLOB folders CONFIGURE_DEPENDS LIST_DIRECTORIES true ${CMAKE_CURRENT_SOURCE_DIR}/*)
  set(declarations "")
  set(calls "")
  set(targets "")
  foreach(folder IN LISTS folders)
    if(NOT IS_DIRECTORY ${folder})
      continue()
    endif()
    get_filename_component(plugin ${folder} NAME)
    file(GLOB sources CONFIGURE_DEPENDS ${folder}/*.cpp)
    set(tests ${sources})
    set(fuzzers ${sources})
    list(FILTER sources EXCLUDE REGEX "_(test|fuzz)\\.cpp$")
    list(FILTER tests INCLUDE REGEX "_test\\.cpp$")
    list(FILTER fuzzers INCLUDE REGEX "_fuzz\\.cpp$")
    if(NOT sources)
      continue()
    endif()
    set(plugin_target recast_${contract}_${plugin})
    set(plugin_folder ${folder})
    add_library(${plugin_target} STATIC ${sources})
    target_link_libraries(${plugin_target} PUBLIC recast_${contract} recast_format)
    recast_tests(${contract}_${plugin} "${tests}" ${plugin_target})
    recast_fuzzers(${contract}_${plugin} "${fuzzers}" ${plugin_target})
    # An engine's tests run the real thing in the real jail.
    if(contract STREQUAL "engine" AND TARGET engine_${plugin}_test)
      target_link_libraries(engine_${plugin}_test PRIVATE recast_engine_test_support)
      add_dependencies(engine_${plugin}_test recast-jail)
    endif()
    if(EXISTS ${folder}/plugin.cmake)
      include(${folder}/plugin.cmake)
    endif()
    string(APPEND declarations "Result<> register_${plugin}(${contract}::Registry& registry);\n")
    string(APPEND calls "  RECAST_CHECK(register_${plugin}(registry));\n")
    list(APPEND targets ${plugin_target})
  endforeach()
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/register_all.cpp)
  file(CONFIGURE OUTPUT ${generated} CONTENT
"// Generated from the folders in src/${kind} at configure time.
#include \"${contract}/registry.hpp\"

namespace recast::${kind} {

${declarations}
Result<> register_all(${contract}::Registry& registry) {
${calls}  return {};
}

}  // namespace recast::${kind}
" @ONLY)
  add_library(recast_${kind} STATIC ${generated})
  target_link_libraries(recast_${kind} PUBLIC recast_${contract} ${targets})
endfunction()

# Text files as rows of a table in one generated source of TARGET; a changed or new file configures again. HEADER declares
# `const std::vector<ROW>& FUNCTION()` in NAMESPACE. Each row is the file's name without
# ending and its text; WITH_FOLDER, the name of its folder before them.
function(recast_embed_texts target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "WITH_FOLDER" "FILES;HEADER;NAMESPACE;ROW;FUNCTION" "")
  file(GLOB files CONFIGURE_DEPENDS ${arg_FILES})
  set(rows "")
  foreach(file IN LISTS files)
    set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${file})
    cmake_path(GET file STEM LAST_ONLY name)
    set(names "\"${name}\"")
    if(arg_WITH_FOLDER)
      cmake_path(GET file PARENT_PATH folder)
      cmake_path(GET folder FILENAME folder)
      string(PREPEND names "\"${folder}\", ")
    endif()
    file(READ ${file} text)
    string(APPEND rows "      {${names}, R\"text(${text})text\"},\n")
  endforeach()
  get_filename_component(name ${arg_HEADER} NAME_WE)
  set(generated ${CMAKE_CURRENT_BINARY_DIR}/${name}_texts.cpp)
  file(CONFIGURE OUTPUT ${generated} CONTENT
"// Generated at configure time.
#include \"@arg_HEADER@\"

namespace @arg_NAMESPACE@ {

const std::vector<@arg_ROW@>& @arg_FUNCTION@() {
  static const std::vector<@arg_ROW@> list{
@rows@  };
  return list;
}

}  // namespace @arg_NAMESPACE@
" @ONLY)
  target_sources(${target} PRIVATE ${generated})
endfunction()
