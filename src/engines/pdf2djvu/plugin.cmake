# Plans for encrypted documents begin with the worker of the engine qpdf.
if(TARGET engine_pdf2djvu_test)
  target_link_libraries(engine_pdf2djvu_test PRIVATE recast_engine_qpdf)
  add_dependencies(engine_pdf2djvu_test recast-worker-qpdf)
endif()
