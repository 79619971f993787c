#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "schema/parse.hpp"
#include "storage/storage.hpp"

namespace recast::storage {

/// Drivers by name; each opens a storage from its own settings table.
class Registry {
 public:
  struct Driver {
    std::vector<schema::FieldInfo> settings;
    std::function<Result<std::unique_ptr<Storage>>(const boost::json::object& settings)> open;
  };

  template <class Settings>
  Result<> add(const std::string& name, Result<std::unique_ptr<Storage>> (*open)(const Settings&)) {
    if (drivers_.contains(name)) return fail(ErrorCode::invalid_data, "two storages are called " + name, "storage");
    drivers_[name] = {schema::describe<Settings>(),
                      [open](const boost::json::object& object) -> Result<std::unique_ptr<Storage>> {
                        RECAST_TRY(const auto settings, schema::parse<Settings>(object));
                        return open(settings);
                      }};
    return {};
  }
  const Driver* find(const std::string& name) const {
    const auto found = drivers_.find(name);
    return found == drivers_.end() ? nullptr : &found->second;
  }

 private:
  std::map<std::string, Driver> drivers_;
};

}  // namespace recast::storage

namespace recast::storages {
/// Generated: calls register_<folder>() of every folder in src/storages.
Result<> register_all(storage::Registry& registry);
}  // namespace recast::storages
