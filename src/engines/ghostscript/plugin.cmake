# Plans for PDF documents begin and end with the worker of the engine qpdf.
if(TARGET engine_ghostscript_test)
  find_package(PkgConfig REQUIRED)
  pkg_check_modules(qpdf REQUIRED IMPORTED_TARGET libqpdf)
  target_compile_definitions(engine_ghostscript_test PRIVATE POINTERHOLDER_TRANSITION=4)
  target_link_libraries(engine_ghostscript_test PRIVATE recast_engine_qpdf PkgConfig::qpdf)
  add_dependencies(engine_ghostscript_test recast-worker-qpdf)
endif()
