#include "storage/registry.hpp"
#include "storages/openstack/objects.hpp"
#include "storages/openstack/options.hpp"

namespace recast::storages {

namespace openstack {

Result<std::unique_ptr<storage::ObjectStore>> Import::open(const Settings& settings,
                                                           const storage::Connection& connection) const {
  return Objects::open(*this, settings, connection);
}

Result<std::unique_ptr<storage::ObjectStore>> Export::open(const Settings& settings,
                                                           const storage::Connection& connection) const {
  return Objects::open(*this, settings, connection);
}

}  // namespace openstack

Result<> register_openstack(storage::Registry& registry) {
  registry.add_service<openstack::Settings, openstack::Import, openstack::Export>(
      {"openstack", "OpenStack", "openstack", "Containers of OpenStack Swift, with Keystone or Swift's own users."});
  return {};
}

}  // namespace recast::storages
