#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "schema/parse.hpp"
#include "storage/remote_storage.hpp"
#include "storage/storage.hpp"
#include "storage/transfers.hpp"

namespace recast::storage {

/// What a service is called.
struct ServiceName {
  std::string name;     ///< behind import/ and export/: "azure/blob"
  std::string title;    ///< in messages: "Azure"
  std::string section;  ///< of its settings: "azure_blob"
  std::string doc;      ///< of that section
};

/// Drivers by name. Those of our own files open a Storage from a settings table; services of others give the tasks
/// import/<name> and export/<name>.
class Registry {
 public:
  struct Driver {
    std::vector<schema::FieldInfo> settings;
    std::function<Result<std::unique_ptr<Storage>>(const boost::json::object& settings, const Surroundings&)> open;
    /// What the operator set in the driver's section.
    std::shared_ptr<boost::json::object> set = std::make_shared<boost::json::object>();
  };
  /// The settings of one service, for the settings tables.
  struct Section {
    std::string name;
    std::string doc;
    std::vector<schema::FieldInfo> fields;
    std::function<Result<>(const boost::json::object&)> fill;
    std::function<boost::json::object()> dump;
  };

  template <class Settings>
  Result<> add(const std::string& name,
               Result<std::unique_ptr<Storage>> (*open)(const Settings&, const Surroundings&)) {
    if (drivers_.contains(name)) return fail(ErrorCode::invalid_data, "two storages are called " + name, "storage");
    drivers_[name] = {
        schema::describe<Settings>(),
        [open](const boost::json::object& object, const Surroundings& around) -> Result<std::unique_ptr<Storage>> {
          RECAST_TRY(const auto settings, schema::parse<Settings>(object));
          return open(settings, around);
        }};
    return {};
  }
  /// The same, with a section of settings for the operator: "storage_<name>".
  template <class Settings>
  Result<> add(const std::string& name, std::string doc,
               Result<std::unique_ptr<Storage>> (*open)(const Settings&, const Surroundings&)) {
    RECAST_CHECK(add(name, open));
    const auto set = drivers_[name].set;
    sections_.push_back({"storage_" + name, std::move(doc), schema::describe<Settings>(),
                         [set](const boost::json::object& values) -> Result<> {
                           *set = values;
                           return {};
                         },
                         [set] {
                           const auto settings = schema::parse<Settings>(*set);
                           return schema::dump(settings ? *settings : Settings());
                         }});
    return {};
  }
  const Driver* find(const std::string& name) const {
    const auto found = drivers_.find(name);
    return found == drivers_.end() ? nullptr : &found->second;
  }

  /// A service. `Import` and `Export` are the options of its two operations, each with
  ///   Result<> check() const;                 at creation, beyond the table
  ///   Choice choice() const;
  ///   Result<std::unique_ptr<ObjectStore>> open(const Settings&, const Connection&) const;
  template <class Settings, class Import, class Export>
  void add_service(ServiceName service) {
    auto settings = std::make_shared<Settings>();
    sections_.push_back({service.section, service.doc, schema::describe<Settings>(),
                         [settings](const boost::json::object& values) -> Result<> {
                           RECAST_TRY(*settings, schema::parse<Settings>(values));
                           return {};
                         },
                         [settings] { return schema::dump(*settings); }});
    operations_.push_back(operation_of<Import>({.name = "import/" + service.name,
                                                .summary = "Fetches files from " + service.title + ".",
                                                .load = operation::Load::network,
                                                .needs_input = false},
                                               service.title, settings, &import_objects));
    operations_.push_back(operation_of<Export>({.name = "export/" + service.name,
                                                .summary = "Saves files to " + service.title + ".",
                                                .load = operation::Load::network},
                                               service.title, settings, &export_objects));
  }

  /// What all of them obey; set before the first task runs.
  TransferSettings& transfers() const { return *transfers_; }
  const std::vector<Section>& sections() const { return sections_; }
  /// The operations of all services; they live on this registry's settings.
  const std::vector<operation::Operation>& operations() const { return operations_; }

 private:
  template <class Options, class Settings>
  operation::Operation operation_of(operation::Operation base, const std::string& title,
                                    std::shared_ptr<Settings> settings,
                                    Result<operation::Outcome> (*run)(operation::TaskContext&, const Terms&)) {
    base = operation::define<Options>(
        std::move(base), nullptr, +[](const Options& options, const engine::Catalogue&) { return options.check(); });
    base.run = [title, settings = std::move(settings), transfers = transfers_, hidden = base.hidden, run](
                   operation::TaskContext& context, const boost::json::object& payload) -> Result<operation::Outcome> {
      RECAST_TRY(const auto options, schema::parse<Options>(payload));
      RECAST_CHECK(options.check());
      Terms terms{.title = title,
                  .choice = options.choice(),
                  .settings = *transfers,
                  .secrets = {},
                  .open = [&](const Connection& connection) { return options.open(*settings, connection); }};
      for (const auto& name : hidden) {
        const auto* const value = payload.if_contains(name);
        if (value != nullptr && value->is_string()) terms.secrets.emplace_back(value->get_string());
      }
      return run(context, terms);
    };
    return base;
  }

  std::map<std::string, Driver> drivers_;
  std::shared_ptr<TransferSettings> transfers_ = std::make_shared<TransferSettings>();
  std::vector<Section> sections_;
  std::vector<operation::Operation> operations_;
};

}  // namespace recast::storage

namespace recast::storages {
/// Generated: calls register_<folder>() of every folder in src/storages.
Result<> register_all(storage::Registry& registry);
}  // namespace recast::storages
