# libvips lives in the worker only; the engine itself links nothing of it.
pkg_check_modules(vips REQUIRED IMPORTED_TARGET vips-cpp fontconfig)
recast_worker(vips LIBRARIES PkgConfig::vips)
