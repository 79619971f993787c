# GMime lives in the worker only.
pkg_check_modules(gmime REQUIRED IMPORTED_TARGET gmime-3.0)
recast_worker(mail LIBRARIES PkgConfig::gmime)
