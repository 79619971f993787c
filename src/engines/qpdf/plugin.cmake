# libqpdf lives in the worker only.
pkg_check_modules(qpdf REQUIRED IMPORTED_TARGET libqpdf)
recast_worker(qpdf LIBRARIES PkgConfig::qpdf)
target_compile_definitions(recast_qpdf_worker PUBLIC POINTERHOLDER_TRANSITION=4)
