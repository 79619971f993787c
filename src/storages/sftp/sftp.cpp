#include "storage/registry.hpp"
#include "storages/sftp/objects.hpp"
#include "storages/sftp/options.hpp"

namespace recast::storages {

namespace sftp {

Result<std::unique_ptr<storage::ObjectStore>> Import::open(const Settings& settings,
                                                           const storage::Connection& connection) const {
  return std::make_unique<Objects>(*this, settings, connection);
}

Result<std::unique_ptr<storage::ObjectStore>> Export::open(const Settings& settings,
                                                           const storage::Connection& connection) const {
  return std::make_unique<Objects>(*this, settings, connection);
}

}  // namespace sftp

Result<> register_sftp(storage::Registry& registry) {
  registry.add_service<sftp::Settings, sftp::Import, sftp::Export>(
      {"sftp", "SFTP", "sftp", "Servers that are reached by SSH."});
  return {};
}

}  // namespace recast::storages
