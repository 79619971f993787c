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

std::int64_t newest(sql::Connection& connection, UserId user, std::string_view name) {
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

Result<account::Preset> Presets::create(UserId user, account::Preset preset, std::int64_t most) {
  const std::shared_lock sealing(database_.sealing.change);
  const auto sealed = database_.sealing.vault.seal(boost::json::serialize(preset.options));
  return database_.writer.write([&](Write& write) -> Result<account::Preset> {
    if (newest(write.sql, user, preset.name) > 0)
      return fail(ErrorCode::conflict, "There is a preset of this name already.");
    RECAST_CHECK(check_room(write.sql.query("SELECT count(DISTINCT name) FROM presets WHERE user_id = $1", user), most,
                            "presets"));
    auto made = preset;
    insert(write, user, made, 1, sealed);
    return made;
  });
}

Result<account::Preset> Presets::change(UserId user, account::Preset preset, std::int64_t most) {
  const std::shared_lock sealing(database_.sealing.change);
  const auto sealed = database_.sealing.vault.seal(boost::json::serialize(preset.options));
  return database_.writer.write([&](Write& write) -> Result<account::Preset> {
    const auto version = newest(write.sql, user, preset.name);
    if (version == 0) return std::unexpected(no_such("preset"));
    if (version >= most) {  // numbers have no gaps
      return fail(
          ErrorCode::invalid_data,
          fmt::format("The preset {} has {} versions already, and {} is the most. Save it under another name, or "
                      "delete it with all its versions.",
                      preset.name, version, most),
          "version");
    }
    auto made = preset;
    insert(write, user, made, version + 1, sealed);
    return made;
  });
}

Listing<account::Preset> Presets::page_of(sql::Connection& connection, std::string_view what, UserId user,
                                          std::string_view name, const Page& page) {
  const auto query = [&](std::string_view columns, std::int64_t count, const Page& of) {
    return connection.query(fmt::format("SELECT {} FROM presets AS one WHERE {} LIMIT $3 OFFSET $4", columns, what),
                            user, name, count, offset_of(of));
  };
  constexpr std::string_view weight = "500 + length(description) + length(options)";
  const auto [answered, more] = fit(query(weight, page.size + 1, page), page, answer_bytes_);
  auto listing =
      read_page<account::Preset>(query(kColumns, answered.size, answered), answered,
                                 [&](const sql::Rows& row) { return read_preset(row, database_.sealing.vault); });
  listing.more = more;
  return listing;
}

Result<Listing<account::Preset>> Presets::list(UserId user, Page page) {
  constexpr std::string_view newest_of_each =
      "user_id = $1 AND version = (SELECT max(version) FROM presets AS other WHERE other.user_id = $1 AND "
      "other.name = one.name) ORDER BY name";
  return database_.readers.read([&](sql::Connection& connection) -> Result<Listing<account::Preset>> {
    return page_of(connection, newest_of_each, user, "", page);
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

Result<Listing<account::Preset>> Presets::versions(UserId user, std::string_view name, Page page) {
  return database_.readers.read([&](sql::Connection& connection) -> Result<Listing<account::Preset>> {
    if (newest(connection, user, name) == 0) return std::unexpected(no_such("preset"));
    return page_of(connection, "user_id = $1 AND name = $2 ORDER BY version DESC", user, name, page);
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
