# Plans for encrypted documents begin with the worker of the engine qpdf.
if(TARGET engine_imagemagick_test)
  target_link_libraries(engine_imagemagick_test PRIVATE recast_engine_qpdf)
  add_dependencies(engine_imagemagick_test recast-worker-qpdf)
endif()
