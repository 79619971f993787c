#include <cstddef>
#include <cstdint>

#include "storages/openstack/objects.hpp"

/// Catalogues, listings and limits of a server that is somebody's.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace recast::storages::openstack;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  (void)page_of(bytes);
  (void)limits_of(bytes);
  (void)identity_address(bytes);
  if (const auto value = parse(bytes)) {
    (void)storage_url(*value, Version::v3, "R");
    (void)storage_url(*value, Version::v2, "R");
  }
  return 0;
}
