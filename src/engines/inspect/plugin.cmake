# libmagic and libqpdf live in the worker only.
pkg_check_modules(magic REQUIRED IMPORTED_TARGET libmagic)
recast_worker(inspect LIBRARIES PkgConfig::magic recast_pdf)
