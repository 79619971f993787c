#include "reference.hpp"

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "operation/registry.hpp"

namespace recast::server {

namespace {

std::string notes_of(const schema::FieldInfo& option) {
  std::string notes;
  const auto add = [&](std::string_view note) { notes += fmt::format("{}{}", notes.empty() ? "" : "; ", note); };
  if (option.required) add("required");
  if (option.secret) add("secret");
  if (!option.values.empty()) add(fmt::format("{}", fmt::join(option.values, ", ")));
  const auto& fallback = option.default_value;
  const bool plain = fallback.is_null() || (fallback.is_bool() && !fallback.as_bool()) ||
                     (fallback.is_array() && fallback.as_array().empty()) ||
                     (fallback.is_object() && fallback.as_object().empty());
  if (!plain) add(fmt::format("default {}", boost::json::serialize(fallback)));
  return notes;
}

}  // namespace

Result<std::string> import_export_reference(const Options& options) {
  operation::Registry registry;
  RECAST_CHECK(operations::register_all(registry));
  for (const auto& one : options.storages.operations()) RECAST_CHECK(registry.add(one));
  std::string text;
  for (const auto& [name, operation] : registry.all()) {
    if (!name.starts_with("import/") && !name.starts_with("export/")) continue;
    text += fmt::format("## `{}`\n\n{}\n\n", name, operation.summary);
    if (operation.options.empty()) continue;
    text += "| option | type | meaning | |\n|---|---|---|---|\n";
    for (const auto& option : operation.options) {
      text += fmt::format("| `{}` | {} | {} | {} |\n", option.name, schema::type_name(option.type), option.doc,
                          notes_of(option));
    }
    text += '\n';
  }
  return text;
}

}  // namespace recast::server
