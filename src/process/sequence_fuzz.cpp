#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

#include "base/unique_handle.hpp"
#include "process/sequence.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const recast::UniqueFd file(::memfd_create("sequence", MFD_CLOEXEC));
  if (!file || (size != 0 && ::write(file.get(), data, size) != static_cast<ssize_t>(size))) return 0;
  const auto parts = recast::process::sequence_parts(file.get(), {.output = 4096, .files = 16});
  if (!parts) return 0;
  std::uint64_t end = 0;
  for (const auto& part : *parts) {
    if (part.offset != end + 8 || part.length > size - part.offset) std::abort();
    end = part.offset + part.length;
  }
  if (end != size || parts->size() > 16) std::abort();
  const auto named = recast::process::named_parts(file.get(), {.output = 4096, .files = 8});
  if (!named) return 0;
  if (named->size() > 8 || named->size() * 2 != parts->size()) std::abort();
  for (const auto& one : *named) {
    if (one.name.size() > recast::process::kLongestPartName || one.content.length > size) std::abort();
  }
  return 0;
}
