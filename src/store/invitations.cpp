// Accounts that people make themselves: the part of Logins about invitations and registration.
#include <fmt/format.h>

#include "store/audit.hpp"
#include "store/database.hpp"
#include "store/logins.hpp"
#include "store/users.hpp"

namespace recast::store {

namespace {

constexpr std::chrono::hours kShownAfterEnd{30 * 24};

Result<account::User> add_account(Write& write, const account::NewAccount& wanted, const std::string& password_hash,
                                  std::optional<std::int64_t> credits) {
  RECAST_TRY(auto user, add_user(write, wanted, credits));
  put_password(write, user.id, password_hash);
  return user;
}

account::Invitation read_invitation(const sql::Rows& rows) {
  return {.id = rows.integer(0),
          .email = rows.text(1),
          .administrator = rows.boolean(2),
          .created = rows.time(3),
          .expires = rows.time(4)};
}

}  // namespace

Result<account::User> Logins::register_user(const account::NewAccount& wanted, const std::string& password_hash) {
  return database_.writer.write(
      [&](Write& write) { return add_account(write, wanted, password_hash, database_.initial_credits); });
}

Result<account::User> Logins::accept_invitation(std::string_view token_hash, const std::string& username,
                                                const std::string& password_hash) {
  return database_.writer.write([&](Write& write) -> Result<account::User> {
    account::NewAccount wanted{.username = username, .email = {}};
    std::int64_t id = 0;
    {
      auto rows = write.sql.query("SELECT id, email, administrator FROM invitations WHERE hash = $1 AND expires > $2",
                                  token_hash, write.now);
      if (!rows.next()) return std::unexpected(no_such("invitation"));
      id = rows.integer(0);
      wanted.email = rows.text(1);
      wanted.administrator = rows.boolean(2);
    }
    RECAST_TRY(auto user, add_account(write, wanted, password_hash, database_.initial_credits));
    write.sql.execute("DELETE FROM invitations WHERE id = $1", id);
    Audit::note(write, "invitation.accept", object_name("invitation", id),
                fmt::format("user {}", static_cast<std::int64_t>(user.id)));
    return user;
  });
}

Result<account::Invitation> Logins::invite(const std::string& email, bool administrator, std::chrono::seconds life,
                                           std::string_view token_hash) {
  return database_.writer.write([&](Write& write) -> Result<account::Invitation> {
    write.sql.execute("DELETE FROM invitations WHERE expires <= $1", write.now - kShownAfterEnd);
    account::Invitation made{
        .email = email, .administrator = administrator, .created = write.now, .expires = write.now + life};
    write.sql.execute(
        "INSERT INTO invitations (hash, email, administrator, created, expires) VALUES ($1, $2, $3, $4, $5)",
        token_hash, made.email, made.administrator, made.created, made.expires);
    made.id = write.sql.last_row();
    Audit::note(write, "invitation.create", object_name("invitation", made.id),
                made.email + (administrator ? ", administrator" : ""));
    return made;
  });
}

Result<Listing<account::Invitation>> Logins::invitations(Page page) {
  return database_.readers.read([&](sql::Connection& connection) -> Result<Listing<account::Invitation>> {
    Listing<account::Invitation> listing{.items = {}, .more = false, .page = page};
    auto rows = connection.query(
        "SELECT id, email, administrator, created, expires FROM invitations ORDER BY id DESC LIMIT $1 OFFSET $2",
        page.size + 1, offset_of(page));
    while (rows.next()) {
      listing.more = std::ssize(listing.items) == page.size;
      if (listing.more) break;
      listing.items.push_back(read_invitation(rows));
    }
    return listing;
  });
}

Result<account::Invitation> Logins::invitation(std::string_view token_hash) {
  return database_.readers.read([&](sql::Connection& connection) -> Result<account::Invitation> {
    auto rows = connection.query(
        "SELECT id, email, administrator, created, expires FROM invitations WHERE hash = $1 AND expires > $2",
        token_hash, database_.clock.now());
    if (!rows.next()) return std::unexpected(no_such("invitation"));
    return read_invitation(rows);
  });
}

Result<> Logins::withdraw_invitation(std::int64_t id) {
  return database_.writer.write_even_if_full([&](Write& write) -> Result<> {
    if (write.sql.execute("DELETE FROM invitations WHERE id = $1", id) == 0)
      return std::unexpected(no_such("invitation"));
    Audit::note(write, "invitation.withdraw", object_name("invitation", id));
    return {};
  });
}

}  // namespace recast::store
