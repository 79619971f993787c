#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "storage/registry.hpp"
#include "storages/azure_blob/objects.hpp"
#include "storages/azure_blob/options.hpp"

namespace recast::storages {

namespace azure {

namespace {

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

/// What Azure takes for the name of metadata: an identifier of C#, of ASCII.
bool is_identifier(std::string_view text) {
  return !text.empty() && is_letter(text.front()) &&
         std::ranges::all_of(text, [](char c) { return is_letter(c) || (c >= '0' && c <= '9'); });
}

bool is_plain(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

/// import-export.md 4.3
Result<Pairs> metadata_headers(const std::map<std::string, std::string>& metadata) {
  constexpr std::size_t kMost = 8192;  // Azure's own limit
  Pairs headers;
  std::size_t bytes = 0;
  for (const auto& [name, value] : metadata) {
    const auto shown = storage::provider_text(name, {});
    if (!is_identifier(name)) {
      return fail(
          ErrorCode::invalid_data,
          fmt::format("the metadata name \"{}\" does not begin with a letter or _, or has other characters than "
                      "letters, digits and _",
                      shown),
          "metadata");
    }
    if (!is_plain(value))
      return fail(ErrorCode::invalid_data,
                  fmt::format("the value of \"{}\" in metadata is not plain ASCII text", shown), "metadata");
    bytes += name.size() + value.size();
    headers.emplace_back("x-ms-meta-" + name, trim(value));
  }
  if (bytes > kMost) return fail(ErrorCode::invalid_data, "metadata is larger than 8 KB", "metadata");
  return headers;
}

}  // namespace

Result<std::unique_ptr<storage::ObjectStore>> Import::open(const Settings& settings,
                                                           const storage::Connection& connection) const {
  return Objects::open(*this, settings, connection, {});
}

Result<std::unique_ptr<storage::ObjectStore>> Export::open(const Settings& settings,
                                                           const storage::Connection& connection) const {
  RECAST_TRY(auto headers, metadata_headers(metadata));
  return Objects::open(*this, settings, connection, std::move(headers));
}

}  // namespace azure

Result<> register_azure_blob(storage::Registry& registry) {
  registry.add_service<azure::Settings, azure::Import, azure::Export>(
      {"azure/blob", "Azure", "azure_blob", "Azure Blob Storage."});
  return {};
}

}  // namespace recast::storages
