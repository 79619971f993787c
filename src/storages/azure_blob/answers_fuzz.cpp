#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "storages/azure_blob/answers.hpp"

using namespace recast;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(reinterpret_cast<const char*>(data), size);
  (void)storages::azure::page_of(text);
  const auto error = storages::azure::meaning_of({400, {}, text});
  // One line that is fit for a client.
  if (error.message.empty() || error.message.size() > 400 || error.message.find('\n') != std::string::npos)
    std::abort();
  return 0;
}
