#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <exception>
#include <qpdf/QPDF.hh>
#include <string>

#include "base/unique_handle.hpp"
#include "pdf/buffered_input.hpp"

// Any bytes as a file: what is read is what is there, and libqpdf takes it for a document or throws.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const recast::UniqueFd file(::memfd_create("pdf", MFD_CLOEXEC));
  if (!file || ::write(file.get(), data, size) != static_cast<ssize_t>(size)) return 0;
  const auto source = recast::pdf::buffered_input(file.get());
  std::string all(size + 1, '\0');
  all.resize(source->read(all.data(), all.size()));
  if (all != std::string(reinterpret_cast<const char*>(data), size).substr(0, all.size())) std::abort();
  try {
    QPDF document;
    document.setSuppressWarnings(true);
    document.processInputSource(source);
    (void)document.getAllPages();
  } catch (const std::exception&) {
    // Most bytes are no document.
  }
  return 0;
}
