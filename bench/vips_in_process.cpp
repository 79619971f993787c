// bench_vips IN OUT: for each line on standard input, shrinks IN to 512 pixels with libvips in this process; says
// "done". The alternative that bench/images.py measures Recast against: as fast as it gets, with no isolation at all.
#include <vips/vips.h>

#include <cstdio>
#include <iostream>
#include <string>

int main(int argc, char** argv) {
  if (argc != 3 || VIPS_INIT(argv[0]) != 0) return 1;
  vips_concurrency_set(1);
  vips_cache_set_max(0);
  for (std::string line; std::getline(std::cin, line);) {
    VipsImage* image = nullptr;
    if (vips_thumbnail(argv[1], &image, 512, "size", VIPS_SIZE_DOWN, nullptr) != 0) return 1;
    if (vips_jpegsave(image, argv[2], "Q", 80, "strip", TRUE, nullptr) != 0) return 1;
    g_object_unref(image);
    std::puts("done");
    std::fflush(stdout);
  }
  return 0;
}
