# Scans are split into layers, which are compressed with these.
pkg_check_modules(jpeg REQUIRED IMPORTED_TARGET libjpeg)
pkg_check_modules(tiff REQUIRED IMPORTED_TARGET libtiff-4)
recast_worker(qpdf LIBRARIES recast_pdf PkgConfig::jpeg PkgConfig::tiff)
