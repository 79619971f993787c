# libvips lives in the worker only; the engine itself links nothing of it.
pkg_check_modules(vips REQUIRED IMPORTED_TARGET vips-cpp fontconfig)

file(GLOB vips_worker_sources CONFIGURE_DEPENDS ${plugin_folder}/worker/*.cpp)
set(vips_worker_tests ${vips_worker_sources})
set(vips_worker_fuzzers ${vips_worker_sources})
list(FILTER vips_worker_sources EXCLUDE REGEX "(_test|_fuzz|/main)\\.cpp$")
list(FILTER vips_worker_tests INCLUDE REGEX "_test\\.cpp$")
list(FILTER vips_worker_fuzzers INCLUDE REGEX "_fuzz\\.cpp$")

add_library(recast_vips_worker STATIC ${vips_worker_sources})
target_link_libraries(recast_vips_worker PUBLIC ${plugin_target} recast_worker PkgConfig::vips)
recast_tests(vips_worker "${vips_worker_tests}" recast_vips_worker)
recast_fuzzers(vips "${vips_worker_fuzzers}" recast_vips_worker)

add_executable(recast-worker-vips ${plugin_folder}/worker/main.cpp)
target_link_libraries(recast-worker-vips PRIVATE recast_vips_worker)

# The engine's tests run the real worker in the real jail.
if(TARGET engine_${plugin}_test)
  target_link_libraries(engine_${plugin}_test PRIVATE recast_execution recast_process)
  add_dependencies(engine_${plugin}_test recast-worker-vips recast-jail)
endif()
