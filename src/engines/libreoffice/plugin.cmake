# The resident worker. It needs LibreOffice's development files (libreoffice-dev, libreofficekit-dev); without them the engine itself is
# built all the same, and a server without the worker program simply has no LibreOffice engine.
set(RECAST_LIBREOFFICE "/usr/lib/libreoffice" CACHE PATH "Folder of the LibreOffice that recast-worker-office is built against")
set(office_cppumaker ${RECAST_LIBREOFFICE}/sdk/bin/cppumaker)
set(office_program ${RECAST_LIBREOFFICE}/program)
find_path(office_includes LibreOfficeKit/LibreOfficeKit.h PATHS /usr/include/libreoffice PATH_SUFFIXES libreoffice)
pkg_check_modules(office_libraries IMPORTED_TARGET libqpdf uchardet)

if(NOT EXISTS ${office_cppumaker} OR NOT EXISTS ${office_program}/libmergedlo.so OR NOT office_includes OR NOT office_libraries_FOUND)
  message(STATUS "recast-worker-office is left out: LibreOffice with its SDK, libqpdf or uchardet is missing")
else()
  # Headers of LibreOffice's interfaces, made from its type libraries.
  set(office_generated ${CMAKE_CURRENT_BINARY_DIR}/libreoffice-headers)
  add_custom_command(
    OUTPUT ${office_generated}/stamp
    COMMAND ${CMAKE_COMMAND} -E make_directory ${office_generated}
    COMMAND ${office_cppumaker} -Gc -O${office_generated} ${office_program}/types.rdb ${office_program}/types/offapi.rdb
    COMMAND ${CMAKE_COMMAND} -E touch ${office_generated}/stamp
    DEPENDS ${office_program}/types.rdb ${office_program}/types/offapi.rdb
    COMMENT "Headers of LibreOffice's interfaces"
    VERBATIM)
  add_custom_target(office_headers DEPENDS ${office_generated}/stamp)

  recast_worker(office LIBRARIES PkgConfig::office_libraries
    ${office_program}/libuno_cppuhelpergcc3.so.3 ${office_program}/libuno_cppu.so.3 ${office_program}/libuno_sal.so.3
    ${office_program}/libuno_salhelpergcc3.so.3 ${CMAKE_DL_LIBS})
  add_dependencies(recast_office_worker office_headers)
  target_compile_definitions(recast_office_worker PUBLIC LINUX UNX POINTERHOLDER_TRANSITION=4)
  target_include_directories(recast_office_worker SYSTEM PUBLIC ${office_generated} ${office_includes} /usr/include/libreoffice)
  # LibreOffice finds its other libraries beside these.
  set_target_properties(recast-worker-office PROPERTIES BUILD_RPATH ${office_program} INSTALL_RPATH ${office_program})
endif()
