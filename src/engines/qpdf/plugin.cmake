# libqpdf lives in the worker only.
pkg_check_modules(qpdf REQUIRED IMPORTED_TARGET libqpdf)
# Scans are split into layers, which are compressed with these.
pkg_check_modules(jpeg REQUIRED IMPORTED_TARGET libjpeg)
pkg_check_modules(tiff REQUIRED IMPORTED_TARGET libtiff-4)
recast_worker(qpdf LIBRARIES PkgConfig::qpdf PkgConfig::jpeg PkgConfig::tiff)
target_compile_definitions(recast_qpdf_worker PUBLIC POINTERHOLDER_TRANSITION=4)
