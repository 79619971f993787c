#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "base/text.hpp"
#include "storages/s3/errors.hpp"
#include "storages/s3/listing.hpp"

/// A store's answer, read as a list of objects, one of uploads, and as an error.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace recast::storages::s3;
  const std::string text(reinterpret_cast<const char*>(data), size);
  if (const auto page = read_page(text)) {
    for (const auto& object : page->objects) {
      if (object.name.empty()) std::abort();
    }
  }
  (void)read_uploads(text);
  const recast::net::Answer answer{400, {}, text};
  const auto error = meaning_of(fault_of(answer), answer.status);
  if (error.message.empty() || !recast::is_valid_utf8(error.message)) std::abort();
  (void)is_passing(answer);
  return 0;
}
