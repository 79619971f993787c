# The browser's driver, apart from the frame so that tests can run a browser with it, and the resident worker itself.
set(chrome_folder ${plugin_folder})
add_library(recast_chrome_driver STATIC
  ${chrome_folder}/worker/browser.cpp
  ${chrome_folder}/worker/document.cpp
  ${chrome_folder}/worker/paper.cpp
  ${chrome_folder}/worker/pipe.cpp)
target_link_libraries(recast_chrome_driver PUBLIC recast_flags recast_base recast_schema Boost::json)
file(GLOB chrome_tests CONFIGURE_DEPENDS ${chrome_folder}/worker/*_test.cpp)
recast_tests(chrome_driver "${chrome_tests}" recast_chrome_driver)

add_executable(recast-worker-chrome ${chrome_folder}/worker/main.cpp)
target_link_libraries(recast-worker-chrome PRIVATE recast_chrome_driver recast_worker)
# The tests run the real worker in the real jail.
if(TARGET engine_${plugin}_test)
  target_link_libraries(engine_${plugin}_test PRIVATE recast_execution)
  add_dependencies(engine_${plugin}_test recast-jail recast-worker-chrome)
endif()
