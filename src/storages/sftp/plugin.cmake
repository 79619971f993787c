# libcurl's SFTP of Debian 12 cannot sign with RSA keys (docs/decisions say why libssh is linked instead).
pkg_check_modules(libssh REQUIRED IMPORTED_TARGET libssh>=0.10)
target_link_libraries(${plugin_target} PUBLIC PkgConfig::libssh)
