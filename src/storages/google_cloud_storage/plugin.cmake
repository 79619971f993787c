find_package(ZLIB REQUIRED)
target_link_libraries(${plugin_target} PRIVATE ZLIB::ZLIB OpenSSL::Crypto)
