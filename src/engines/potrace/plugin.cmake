# libpotrace lives in the worker only: it is GPL, and the engine itself links nothing of it.
find_library(POTRACE_LIBRARY potrace REQUIRED)
recast_worker(potrace LIBRARIES ${POTRACE_LIBRARY})
