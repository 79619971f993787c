# What draws lives in the worker only.
pkg_check_modules(stamp REQUIRED IMPORTED_TARGET pangocairo cairo cairo-pdf librsvg-2.0 gdk-pixbuf-2.0 fontconfig)
recast_worker(stamp LIBRARIES PkgConfig::stamp)
# Other engines' plans lay the stamp where it belongs.
if(TARGET engine_stamp_test)
  target_link_libraries(engine_stamp_test PRIVATE recast_engine_qpdf recast_engine_vips recast_engine_ffmpeg)
  add_dependencies(engine_stamp_test recast-worker-qpdf recast-worker-vips)
endif()
