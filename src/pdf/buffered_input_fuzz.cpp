#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/unique_handle.hpp"
#include "pdf/buffered_input.hpp"

// Any bytes as a file: what is read is what is there, whole, byte by byte and line by line. libqpdf's own header of
// documents cannot be read by clang 16, so that no document is opened here.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const recast::UniqueFd file(::memfd_create("pdf", MFD_CLOEXEC));
  if (!file || ::write(file.get(), data, size) != static_cast<ssize_t>(size)) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto source = recast::pdf::buffered_input(file.get());
  std::string all(size + 1, '\0');
  all.resize(source->read(all.data(), all.size()));
  if (!bytes.starts_with(all)) std::abort();
  source->rewind();
  qpdf_offset_t before = -1;
  while (source->tell() > before) {
    before = source->tell();
    const auto end = static_cast<std::size_t>(source->findAndSkipNextEOL());
    const auto line = std::string_view(all).substr(static_cast<std::size_t>(before));
    if (end - static_cast<std::size_t>(before) != std::min(line.find_first_of("\r\n"), line.size())) std::abort();
  }
  return 0;
}
