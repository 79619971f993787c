#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "engines/potrace/worker/pixmap.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto pixmap =
      recast::engines::potrace::Pixmap::parse({reinterpret_cast<const char*>(data), size});  // NOLINT: bytes
  if (!pixmap) return 0;
  if (pixmap->pixels.size() != pixmap->width * pixmap->height) std::abort();
  for (const auto pixel : pixmap->pixels) {
    if (pixel >= pixmap->colours.size()) std::abort();
  }
  return 0;
}
