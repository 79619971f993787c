#include "format/full_name.hpp"

#include "format/format.hpp"

namespace recast::format {

std::string full_file_name(std::string_view name, std::string_view bytes) {
  auto clean = clean_file_name(name);
  return extension(clean).empty() ? clean_file_name(clean + sniffed_extension(bytes)) : clean;
}

std::string full_file_name(std::string_view name, const std::filesystem::path& file) {
  auto clean = clean_file_name(name);
  return extension(clean).empty() ? full_file_name(clean, std::string_view(first_bytes(file))) : clean;
}

}  // namespace recast::format
