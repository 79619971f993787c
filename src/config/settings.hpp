#pragma once

#include <boost/json/object.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "schema/parse.hpp"

/// Fills the settings tables handed to it from a TOML file, then the environment, then flags: the later one wins.
/// A setting `lease_seconds` of section `scheduler` is `[scheduler] lease_seconds = 30` in the file,
/// RECAST_SCHEDULER_LEASE_SECONDS in the environment and --scheduler.lease_seconds=30 on the command line.
namespace recast::config {

namespace json = boost::json;

class Settings {
 public:
  /// `target` holds the defaults until load() fills it; it must outlive this object.
  template <class T>
  void section(std::string name, std::string doc, T& target) {
    sections_.push_back({std::move(name), std::move(doc), schema::describe<T>(),
                         [&target](const json::object& values) -> Result<> {
                           RECAST_TRY(target, schema::parse<T>(values));
                           return {};
                         },
                         [&target] { return schema::dump(target); }});
  }
  /// A section whose table is known as data only.
  void section(std::string name, std::string doc, std::vector<schema::FieldInfo> fields,
               std::function<Result<>(const json::object&)> fill, std::function<json::object()> dump) {
    sections_.push_back({std::move(name), std::move(doc), std::move(fields), std::move(fill), std::move(dump)});
  }
  /// Tables that the caller reads by itself, such as [engines.poppler.install.old]; kept as JSON. With a dot in its
  /// name, "outbound.override", a part of that section. Only a file can set them.
  void tree(std::string name, std::string doc, json::object& target) {
    trees_.push_back({std::move(name), std::move(doc), &target});
  }

  struct Sources {
    std::optional<std::filesystem::path> file;               ///< must exist if set
    std::map<std::string, std::string> environment;          ///< names with their RECAST_ prefix; others are ignored
    std::vector<std::pair<std::string, std::string>> flags;  ///< "scheduler.lease_seconds" -> text
  };
  /// invalid_data with field "section.name" for an unknown setting, a wrong value, an empty one where
  /// there has to be one, or a file that is not TOML (with
  /// line).
  Result<> load(const Sources& sources);

  /// The settings in force as a TOML file with each setting's doc as a comment; secrets hidden.
  std::string print() const;
  /// The reference page in Markdown: one table per section.
  std::string reference() const;
  /// "section.name" of every setting, with its doc.
  std::vector<std::pair<std::string, std::string>> names() const;

 private:
  struct Section {
    std::string name;
    std::string doc;
    std::vector<schema::FieldInfo> fields;
    std::function<Result<>(const json::object&)> fill;
    std::function<json::object()> dump;
  };
  struct Tree {
    std::string name;
    std::string doc;
    json::object* target = nullptr;
  };
  Result<> read_file(const std::filesystem::path& file, std::map<std::string, json::object>& values);
  const Section* find(std::string_view name) const;
  const Tree* find_tree(std::string_view name) const;

  std::vector<Section> sections_;
  std::vector<Tree> trees_;
};

}  // namespace recast::config
