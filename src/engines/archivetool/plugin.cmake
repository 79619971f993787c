# libarchive lives in the worker only; the engine itself links nothing of it.
pkg_check_modules(libarchive REQUIRED IMPORTED_TARGET libarchive)
recast_worker(archive LIBRARIES PkgConfig::libarchive)
