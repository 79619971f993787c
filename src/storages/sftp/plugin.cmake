# libcurl cannot sign with RSA keys: Debian 12 builds its SFTP with libssh2 1.10.
pkg_check_modules(libssh REQUIRED IMPORTED_TARGET libssh>=0.10)
target_link_libraries(${plugin_target} PUBLIC PkgConfig::libssh)
