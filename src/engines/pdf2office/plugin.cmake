# What parses and writes lives in the worker only; the engine itself links none of it.
pkg_check_modules(expat REQUIRED IMPORTED_TARGET expat)
pkg_check_modules(utf8proc REQUIRED IMPORTED_TARGET libutf8proc)
pkg_check_modules(libarchive REQUIRED IMPORTED_TARGET libarchive)
recast_worker(pdf2office LIBRARIES PkgConfig::expat PkgConfig::utf8proc PkgConfig::libarchive)
# Plans for encrypted documents and for some of the pages begin with the worker of the engine qpdf.
if(TARGET engine_pdf2office_test)
  target_link_libraries(engine_pdf2office_test PRIVATE recast_engine_qpdf PkgConfig::libarchive)
  add_dependencies(engine_pdf2office_test recast-worker-qpdf)
endif()
