#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "engines/qpdf/worker/character_maps.hpp"

// Any bytes as a font's /ToUnicode: it is read without an error, and to a bound.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kMost = 65'536;
  QPDF document;
  document.setSuppressWarnings(true);
  document.emptyPDF();
  const auto stream = document.newStream(std::string(reinterpret_cast<const char*>(data), size));
  if (recast::engines::qpdf::read_character_map(stream).size() > kMost) std::abort();
  return 0;
}
