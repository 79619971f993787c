# libarchive lives in the worker only; the engine itself links nothing of it.
pkg_check_modules(libarchive REQUIRED IMPORTED_TARGET libarchive)
pkg_check_modules(nettle REQUIRED IMPORTED_TARGET nettle)
pkg_check_modules(zlib REQUIRED IMPORTED_TARGET zlib)
recast_worker(archive LIBRARIES PkgConfig::libarchive PkgConfig::nettle PkgConfig::zlib)
