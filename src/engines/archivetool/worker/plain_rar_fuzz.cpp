#include <sys/mman.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "base/unique_handle.hpp"
#include "engines/archivetool/worker/plain_rar.hpp"

// Any bytes as an encrypted RAR archive. More cannot come out than goes in and what stands for headers.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using recast::engines::archivetool::PlainRar;
  const recast::UniqueFd file(::memfd_create("rar", MFD_CLOEXEC));
  if (!file || ::write(file.get(), data, size) != static_cast<ssize_t>(size)) return 0;
  const auto archive = PlainRar::open(file.get(), "pass");
  if (!archive || !*archive) return 0;
  std::size_t given = 0;
  for (auto piece = (*archive)->next(); piece && !piece->empty(); piece = (*archive)->next()) given += piece->size();
  if (given > 4 * size + 64) std::abort();
  return 0;
}
