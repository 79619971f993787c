# The tests run the real programs in the real jail.
if(TARGET engine_${plugin}_test)
  target_link_libraries(engine_${plugin}_test PRIVATE recast_execution)
  add_dependencies(engine_${plugin}_test recast-jail)
endif()
