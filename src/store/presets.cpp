#include "store/presets.hpp"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <mutex>

#include "base/log.hpp"
#include "store/audit.hpp"
#include "store/database.hpp"

namespace recast::store {

namespace {

constexpr std::string_view kColumns = "name, version, operation, description, options, created";

account::Preset read_preset(const sql::Rows& rows, const Vault& vault) {
  account::Preset preset{.name = rows.text(0),
                         .version = rows.integer(1),
                         .operation = rows.text(2),
                         .description = rows.text(3),
                         .options = {},
                         .created = rows.time(5)};
  if (const auto text = vault.unseal(rows.view(4))) {
    boost::system::error_code error;
    auto value = boost::json::parse(*text, error);
    if (!error && value.is_object()) preset.options = std::move(value.get_object());
  } else {
    log::error("the options of a preset cannot be opened", {{"preset", preset.name}, {"why", text.error().message}});
  }
  return preset;
}

std::vector<account::Preset> read_all(sql::Rows rows, const Vault& vault) {
  std::vector<account::Preset> list;
  while (rows.next()) list.push_back(read_preset(rows, vault));
  return list;
}

std::int64_t newest(sql::Connection& connection, UserId user, const std::string& name) {
  auto rows =
      connection.query("SELECT coalesce(max(version), 0) FROM presets WHERE user_id = $1 AND name = $2", user, name);
  rows.next();
  return rows.integer(0);
}

void insert(Write& write, UserId user, account::Preset& preset, std::int64_t version, const std::string& sealed) {
  preset.version = version;
  preset.created = write.now;
  write.sql.execute(
      "INSERT INTO presets (user_id, name, version, operation, description, options, created) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7)",
      user, preset.name, preset.version, preset.operation, preset.description, sealed, preset.created);
  Audit::note(write, version == 1 ? "preset.create" : "preset.change",
              fmt::format("preset {}@{}", preset.name, preset.version));
}

}  // namespace

Result<account::Preset> Presets::create(UserId user, account::Preset preset) {
  const std::shared_lock sealing(database_.sealing.change);
  const auto sealed = database_.sealing.vault.seal(boost::json::serialize(preset.options));
  return database_.writer.write([&](Write& write) -> Result<account::Preset> {
    if (newest(write.sql, user, preset.name) > 0)
      return fail(ErrorCode::conflict, "There is a preset of this name already.");
    auto made = preset;
    insert(write, user, made, 1, sealed);
    return made;
  });
}

Result<account::Preset> Presets::change(UserId user, account::Preset preset) {
  const std::shared_lock sealing(database_.sealing.change);
  const auto sealed = database_.sealing.vault.seal(boost::json::serialize(preset.options));
  return database_.writer.write([&](Write& write) -> Result<account::Preset> {
    const auto version = newest(write.sql, user, preset.name);
    if (version == 0) return std::unexpected(no_such("preset"));
    auto made = preset;
    insert(write, user, made, version + 1, sealed);
    return made;
  });
}

Result<std::vector<account::Preset>> Presets::list(UserId user) {
  return database_.readers.read([&](sql::Connection& connection) -> Result<std::vector<account::Preset>> {
    return read_all(connection.query(fmt::format("SELECT {} FROM presets AS one WHERE user_id = $1 AND version = "
                                                 "(SELECT max(version) FROM presets AS other WHERE other.user_id = $1 "
                                                 "AND other.name = one.name) ORDER BY name",
                                                 kColumns),
                                     user),
                    database_.sealing.vault);
  });
}

Result<account::Preset> Presets::find(UserId user, const account::PresetChoice& choice) {
  return database_.readers.read([&](sql::Connection& connection) -> Result<account::Preset> {
    auto rows = connection.query(fmt::format("SELECT {} FROM presets WHERE user_id = $1 AND name = $2 AND ($3 IS NULL "
                                             "OR version = $3) ORDER BY version DESC LIMIT 1",
                                             kColumns),
                                 user, choice.name, choice.version);
    if (!rows.next()) return std::unexpected(no_such("preset"));
    return read_preset(rows, database_.sealing.vault);
  });
}

Result<std::vector<account::Preset>> Presets::versions(UserId user, std::string_view name) {
  return database_.readers.read([&](sql::Connection& connection) -> Result<std::vector<account::Preset>> {
    auto list = read_all(
        connection.query(
            fmt::format("SELECT {} FROM presets WHERE user_id = $1 AND name = $2 ORDER BY version DESC", kColumns),
            user, name),
        database_.sealing.vault);
    if (list.empty()) return std::unexpected(no_such("preset"));
    return list;
  });
}

Result<> Presets::remove(UserId user, std::string_view name) {
  return database_.writer.write_even_if_full([&](Write& write) -> Result<> {
    const auto removed = write.sql.execute("DELETE FROM presets WHERE user_id = $1 AND name = $2", user, name);
    if (removed == 0) return std::unexpected(no_such("preset"));
    Audit::note(write, "preset.delete", "preset " + std::string(name));
    return {};
  });
}

std::size_t Presets::seal_anew(Write& write, const Vault& vault) {
  struct Row {
    UserId user{};
    std::string name;
    std::int64_t version = 0;
    std::string sealed;
  };
  std::vector<Row> list;
  {
    auto rows = write.sql.query("SELECT user_id, name, version, options FROM presets");
    while (rows.next()) list.push_back({UserId(rows.integer(0)), rows.text(1), rows.integer(2), rows.text(3)});
  }
  std::size_t count = 0;
  for (const auto& row : list) {
    const auto options = vault.unseal(row.sealed);
    if (!options) continue;
    write.sql.execute("UPDATE presets SET options = $4 WHERE user_id = $1 AND name = $2 AND version = $3", row.user,
                      row.name, row.version, vault.seal(*options));
    ++count;
  }
  return count;
}

}  // namespace recast::store
