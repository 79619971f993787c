recast_fuzzers(exiftool ${plugin_folder}/tags_fuzz.cpp ${plugin_target})
