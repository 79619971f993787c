# libmagic lives in the worker only.
pkg_check_modules(magic REQUIRED IMPORTED_TARGET libmagic)

add_library(recast_inspect_worker STATIC ${plugin_folder}/worker/inspector.cpp)
target_link_libraries(recast_inspect_worker PUBLIC recast_worker PkgConfig::magic)
recast_tests(inspect_worker "${plugin_folder}/worker/inspector_test.cpp" recast_inspect_worker)

add_executable(recast-worker-inspect ${plugin_folder}/worker/main.cpp)
target_link_libraries(recast-worker-inspect PRIVATE recast_inspect_worker)

if(TARGET engine_${plugin}_test)
  target_link_libraries(engine_${plugin}_test PRIVATE recast_process)
  add_dependencies(engine_${plugin}_test recast-worker-inspect recast-jail)
endif()
