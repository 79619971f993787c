#include "storage/registry.hpp"
#include "storages/google_cloud_storage/objects.hpp"
#include "storages/google_cloud_storage/options.hpp"

namespace recast::storages {

namespace google {

Result<std::unique_ptr<storage::ObjectStore>> Import::open(const Settings& settings,
                                                           const storage::Connection& connection) const {
  return Objects::open(*this, settings, connection, Purpose::reading);
}

Result<std::unique_ptr<storage::ObjectStore>> Export::open(const Settings& settings,
                                                           const storage::Connection& connection) const {
  return Objects::open(*this, settings, connection, Purpose::writing);
}

}  // namespace google

Result<> register_google_cloud_storage(storage::Registry& registry) {
  registry.add_service<google::Settings, google::Import, google::Export>(
      {"google-cloud-storage", "Google Cloud Storage", "google_cloud_storage", "Google Cloud Storage."});
  return {};
}

}  // namespace recast::storages
