#include "config/settings.hpp"

#include <fmt/format.h>

#include <toml++/toml.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

#include "base/text.hpp"

namespace recast::config {

namespace {

json::value to_json(const toml::node& node) {
  if (const auto* table = node.as_table()) {
    json::object object;
    for (const auto& [key, value] : *table) object[std::string_view(key.str())] = to_json(value);
    return object;
  }
  if (const auto* array = node.as_array()) {
    json::array result;
    for (const auto& value : *array) result.push_back(to_json(value));
    return result;
  }
  if (const auto text = node.value<std::string>(); node.is_string()) return json::value(*text);
  if (const auto flag = node.value<bool>(); node.is_boolean()) return json::value(*flag);
  if (const auto number = node.value<std::int64_t>(); node.is_integer()) return json::value(*number);
  if (const auto number = node.value<double>(); node.is_floating_point()) return json::value(*number);
  return nullptr;
}

/// Text from the environment or a flag, in the shape the field's type wants: lists are comma separated.
json::value from_text(const schema::FieldInfo& field, const std::string& text) {
  if (field.type != schema::Type::list) return json::value(text);
  json::array items;
  for (const auto part : split(text, ',')) {
    if (!trim(part).empty()) items.emplace_back(trim(part));
  }
  return items;
}

std::string environment_name(std::string_view section, std::string_view field) {
  auto name = fmt::format("RECAST_{}_{}", section, field);
  std::ranges::transform(name, name.begin(),
                         [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
  return name;
}

/// Debian's toml++ library is built to throw; this is where that ends.
Result<toml::table> parse_toml(const std::filesystem::path& file) {
  try {
    return toml::parse_file(file.string());
  } catch (const toml::parse_error& error) {
    return fail(ErrorCode::invalid_data,
                fmt::format("{}:{}: {}", file.string(), error.source().begin.line, error.description()), "file");
  }
}

std::unexpected<Error> unknown(std::string_view name) {
  return fail(ErrorCode::invalid_data, fmt::format("There is no setting {}.", name), std::string(name));
}

const schema::FieldInfo* field_of(const std::vector<schema::FieldInfo>& fields, std::string_view name) {
  const auto found = std::ranges::find(fields, name, &schema::FieldInfo::name);
  return found == fields.end() ? nullptr : &*found;
}

Error named(Error error, std::string_view section) {
  error.field = fmt::format("{}.{}", section, error.field);
  return error;
}

/// Clients may send "" for what they do not set (schema/parse.hpp); an operator who writes it means something by it.
Result<> check_blank(const std::vector<schema::FieldInfo>& fields, const json::object& values) {
  for (const auto& field : fields) {
    const auto* const value = values.if_contains(field.name);
    const auto* const text = value == nullptr ? nullptr : value->if_string();
    const bool needed = field.type != schema::Type::list && !field.default_value.is_null();
    if (needed && text != nullptr && trim(*text).empty())
      return fail(ErrorCode::invalid_data, fmt::format("The {} must not be empty.", field.name), field.name);
  }
  return {};
}

bool is_bare_key(std::string_view key) {
  return !key.empty() && std::ranges::all_of(key, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

/// The tables of a tree, each under its whole name.
void print_tables(std::string& text, const std::string& name, const json::object& table) {
  bool headed = false;
  for (const auto& [key, value] : table) {
    if (value.is_object()) continue;
    if (!std::exchange(headed, true)) text += fmt::format("[{}]\n", name);
    const std::string_view member = key;
    text += fmt::format("{} = {}\n", is_bare_key(member) ? std::string(member) : json::serialize(json::string(member)),
                        json::serialize(value));
  }
  for (const auto& [key, value] : table) {
    if (!value.is_object()) continue;
    const std::string_view member = key;
    const auto part = is_bare_key(member) ? std::string(member) : json::serialize(json::string(member));
    print_tables(text, fmt::format("{}.{}", name, part), value.get_object());
  }
}

std::string toml_value(const json::value& value, schema::Type type) {
  if (!value.is_null()) return json::serialize(value);
  return type == schema::Type::list ? "[]" : "\"\"";
}

}  // namespace

const Settings::Section* Settings::find(std::string_view name) const {
  const auto found = std::ranges::find(sections_, name, &Section::name);
  return found == sections_.end() ? nullptr : &*found;
}

const Settings::Tree* Settings::find_tree(std::string_view name) const {
  const auto found = std::ranges::find(trees_, name, &Tree::name);
  return found == trees_.end() ? nullptr : &*found;
}

Result<> Settings::read_file(const std::filesystem::path& file, std::map<std::string, json::object>& values) {
  RECAST_TRY(const auto parsed, parse_toml(file));
  for (const auto& [key, node] : parsed) {
    const auto name = std::string(key.str());
    if (!node.is_table()) return unknown(name);
    auto object = to_json(node).as_object();
    if (const auto* const tree = find_tree(name)) {
      *tree->target = std::move(object);
      continue;
    }
    const auto* section = find(name);
    if (section == nullptr) return unknown(name);
    for (auto& member : object) {
      const auto whole = fmt::format("{}.{}", name, std::string_view(member.key()));
      const auto* const tree = find_tree(whole);
      if (tree == nullptr && field_of(section->fields, member.key()) == nullptr) return unknown(whole);
      if (tree == nullptr) continue;
      if (!member.value().is_object())
        return fail(ErrorCode::invalid_data, fmt::format("[{}.…] are tables.", whole), whole);
      *tree->target = std::move(member.value().get_object());
    }
    values[name] = std::move(object);
  }
  return {};
}

Result<> Settings::load(const Sources& sources) {
  std::map<std::string, json::object> values;
  if (sources.file) RECAST_CHECK(read_file(*sources.file, values));
  for (const auto& section : sections_) {
    for (const auto& field : section.fields) {
      const auto found = sources.environment.find(environment_name(section.name, field.name));
      if (found != sources.environment.end()) values[section.name][field.name] = from_text(field, found->second);
    }
  }
  for (const auto& [flag, text] : sources.flags) {
    const auto dot = flag.find('.');
    const auto* section = find(flag.substr(0, dot));
    const auto* field =
        section == nullptr || dot == std::string::npos ? nullptr : field_of(section->fields, flag.substr(dot + 1));
    if (field == nullptr) return unknown(flag);
    values[section->name][field->name] = from_text(*field, text);
  }
  for (const auto& section : sections_) {
    auto filled = check_blank(section.fields, values[section.name]);
    if (filled) filled = section.fill(values[section.name]);
    if (!filled) return std::unexpected(named(std::move(filled).error(), section.name));
  }
  return {};
}

std::string Settings::print() const {
  std::string text;
  for (const auto& section : sections_) {
    text += fmt::format("# {}\n[{}]\n", section.doc, section.name);
    const auto values = section.dump();
    for (const auto& field : section.fields) {
      // A secret is not here: loaded again, its line must not set it to something else.
      const auto* const mark = field.secret ? "# " : "";
      text +=
          fmt::format("# {}\n{}{} = {}\n", field.doc, mark, field.name, toml_value(values.at(field.name), field.type));
    }
    text += '\n';
  }
  for (const auto& tree : trees_) {
    text += fmt::format("# {}\n# [{}]\n", tree.doc, tree.name);
    print_tables(text, tree.name, *tree.target);
    text += '\n';
  }
  return text;
}

std::string Settings::reference() const {
  std::string text;
  for (const auto& section : sections_) {
    text += fmt::format("## `[{}]`\n\n{}\n\n| setting | type | default | limits | meaning |\n|---|---|---|---|---|\n",
                        section.name, section.doc);
    for (const auto& field : section.fields) {
      std::string limits;
      if (field.min) limits += fmt::format("≥ {} ", *field.min);
      if (field.max) limits += fmt::format("≤ {}", *field.max);
      if (!field.values.empty()) limits = fmt::format("{}", fmt::join(field.values, ", "));
      text += fmt::format("| `{}` | {} | `{}` | {} | {} |\n", field.name, schema::type_name(field.type),
                          toml_value(field.default_value, field.type), trim(limits), field.doc);
    }
    text += '\n';
  }
  for (const auto& tree : trees_) text += fmt::format("## `[{}.…]`\n\n{}\n\n", tree.name, tree.doc);
  return text;
}

std::vector<std::pair<std::string, std::string>> Settings::names() const {
  std::vector<std::pair<std::string, std::string>> result;
  for (const auto& section : sections_) {
    for (const auto& field : section.fields)
      result.emplace_back(fmt::format("{}.{}", section.name, field.name), field.doc);
  }
  return result;
}

}  // namespace recast::config
