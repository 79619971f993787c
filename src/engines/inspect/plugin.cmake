# libmagic and libqpdf live in the worker only.
pkg_check_modules(magic REQUIRED IMPORTED_TARGET libmagic)
pkg_check_modules(qpdf REQUIRED IMPORTED_TARGET libqpdf)
recast_worker(inspect LIBRARIES PkgConfig::magic PkgConfig::qpdf)
target_compile_definitions(recast_inspect_worker PUBLIC POINTERHOLDER_TRANSITION=4)
