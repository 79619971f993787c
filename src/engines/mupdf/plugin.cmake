# Plans for encrypted documents begin with the worker of the engine qpdf.
if(TARGET engine_mupdf_test)
  target_link_libraries(engine_mupdf_test PRIVATE recast_engine_qpdf)
  add_dependencies(engine_mupdf_test recast-worker-qpdf)
endif()
