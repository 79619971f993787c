#include "store/sandbox_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>

#include "store/audit.hpp"
#include "store/database.hpp"

namespace recast::store {

namespace {

account::SandboxFile read_file(const sql::Rows& rows) { return {rows.text(0), rows.text(1), rows.time(2)}; }

std::int64_t count_of(sql::Connection& connection, UserId user) {
  auto rows = connection.query("SELECT count(*) FROM sandbox_files WHERE user_id = $1", user);
  rows.next();
  return rows.integer(0);
}

bool is_listed(sql::Connection& connection, UserId user, const std::string& md5) {
  auto rows = connection.query("SELECT 1 FROM sandbox_files WHERE user_id = $1 AND md5 = $2", user, md5);
  return rows.next();
}

boost::json::object shown(const job::StoredFile& file) {
  boost::json::object out;
  if (!file.dir.empty()) out["dir"] = file.dir;
  out["filename"] = file.name;
  out["md5"] = file.md5;
  return out;
}

/// The user is part of the name: an administrator may do it for others.
std::string object_of(UserId user, std::string_view md5) {
  return fmt::format("sandbox file {} of user {}", md5, static_cast<std::int64_t>(user));
}

}  // namespace

Result<std::vector<account::SandboxFile>> SandboxFiles::allow(UserId user,
                                                              const std::vector<account::SandboxFile>& files,
                                                              std::int64_t at_most) {
  return database_.writer.write([&](Write& write) -> Result<std::vector<account::SandboxFile>> {
    std::vector<account::SandboxFile> allowed;
    for (const auto& file : files) {
      auto rows = write.sql.query(
          "INSERT INTO sandbox_files VALUES ($1, $2, $3, $4) "
          "ON CONFLICT (user_id, md5) DO UPDATE SET name = excluded.name RETURNING md5, name, created",
          user, file.md5, file.name, write.now);
      if (rows.next()) allowed.push_back(read_file(rows));
      Audit::note(write, "sandbox-file.allow", object_of(user, file.md5), file.name);
    }
    if (count_of(write.sql, user) > at_most) {
      return fail(ErrorCode::invalid_data,
                  fmt::format("No more than {} files may be whitelisted for the sandbox.", at_most), "files");
    }
    return allowed;
  });
}

Result<std::vector<account::SandboxFile>> SandboxFiles::list(UserId user) {
  return database_.readers.read([&](sql::Connection& connection) -> Result<std::vector<account::SandboxFile>> {
    std::vector<account::SandboxFile> files;
    auto rows =
        connection.query("SELECT md5, name, created FROM sandbox_files WHERE user_id = $1 ORDER BY name, md5", user);
    while (rows.next()) files.push_back(read_file(rows));
    return files;
  });
}

Result<> SandboxFiles::remove(UserId user, std::string_view md5) {
  return database_.writer.write_even_if_full([&](Write& write) -> Result<> {
    const auto removed = write.sql.execute("DELETE FROM sandbox_files WHERE user_id = $1 AND md5 = $2", user, md5);
    if (removed == 0) return std::unexpected(no_such("sandbox file"));
    Audit::note(write, "sandbox-file.remove", object_of(user, md5));
    return {};
  });
}

Result<std::optional<Ending>> SandboxFiles::refusal(UserId user, std::span<const job::StoredFile> files) {
  return database_.readers.read([&](sql::Connection& connection) -> Result<std::optional<Ending>> {
    const auto missing = std::ranges::find_if(files, [&](const auto& file) {
      return std::ranges::find(for_all_, file.md5) == for_all_.end() && !is_listed(connection, user, file.md5);
    });
    if (missing == files.end()) return std::nullopt;
    boost::json::array list;
    for (const auto& file : files) list.push_back(shown(file));
    Ending ending;
    ending.error = Error{ErrorCode::sandbox_file_not_allowed,
                         fmt::format("The file {} is not whitelisted for sandbox use", missing->name),
                         {}};
    ending.extra["files"] = std::move(list);
    return ending;
  });
}

}  // namespace recast::store
