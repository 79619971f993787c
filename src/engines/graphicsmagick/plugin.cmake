# Plans for encrypted documents begin with the worker of the engine qpdf.
if(TARGET engine_graphicsmagick_test)
  target_link_libraries(engine_graphicsmagick_test PRIVATE recast_engine_qpdf)
  add_dependencies(engine_graphicsmagick_test recast-worker-qpdf)
endif()
