#include "store/notices.hpp"

#include <fmt/format.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/text.hpp"
#include "store/audit.hpp"
#include "store/database.hpp"
#include "store/users.hpp"

namespace recast::store {

namespace {

constexpr std::string_view kColumns =
    "notices.id, kind, \"values\", occasion, notices.created, read, CASE given_up WHEN 1 THEN NULL ELSE mailed END";

account::Notice read_notice(const sql::Rows& rows) {
  account::Notice notice{.id = rows.integer(0),
                         .kind = account::notice_kind_from(rows.view(1)).value_or(account::NoticeKind::new_login),
                         .values = {},
                         .occasion = rows.text(3),
                         .created = rows.time(4),
                         .read = rows.optional_time(5),
                         .mailed = rows.optional_time(6)};
  boost::system::error_code error;
  auto values = boost::json::parse(rows.text(2), error);
  if (!error && values.is_object()) notice.values = std::move(values.get_object());
  return notice;
}

account::NoticeChoice find_choice(sql::Connection& connection, UserId user) {
  account::NoticeChoice choice;
  auto rows = connection.query("SELECT language, without_mail FROM notice_choices WHERE user_id = $1", user);
  if (!rows.next()) return choice;
  choice.language = rows.text(0);
  for (const auto word : split(rows.view(1), ' ')) {
    if (const auto kind = account::notice_kind_from(word)) choice.without_mail.push_back(*kind);
  }
  return choice;
}

/// The kinds without mail, separated by blanks.
std::string muted_of(const account::NoticeChoice& choice) {
  std::vector<std::string_view> names;
  for (const auto kind : choice.without_mail) names.push_back(account::notice_kind_name(kind));
  return fmt::format("{}", fmt::join(names, " "));
}

/// Those that are due and that their user wants no mail of.
void give_up_muted(Write& write) {
  write.sql.execute(
      "UPDATE notices SET due = NULL, mailed = $1, given_up = 1 WHERE mailed IS NULL AND (due IS NULL OR due <= $1) "
      "AND EXISTS (SELECT 1 FROM notice_choices WHERE notice_choices.user_id = notices.user_id "
      "AND instr(' ' || without_mail || ' ', ' ' || kind || ' ') > 0)",
      write.now);
}

}  // namespace

void Notices::raise(Write& write, UserId user, const account::Notice& notice) {
  write.sql.execute(
      "INSERT INTO notices (user_id, kind, occasion, \"values\", created) VALUES ($1, $2, $3, $4, $5) "
      "ON CONFLICT DO NOTHING",
      user, account::notice_kind_name(notice.kind), notice.occasion, boost::json::serialize(notice.values), write.now);
}

Result<Listing<account::Notice>> Notices::list(UserId user, bool unread_only, Page page) {
  return database_.readers.read([&](sql::Connection& connection) -> Result<Listing<account::Notice>> {
    Listing<account::Notice> listing{.items = {}, .more = false, .page = page};
    auto rows = connection.query(fmt::format("SELECT {} FROM notices WHERE user_id = $1{} ORDER BY id DESC LIMIT $2 "
                                             "OFFSET $3",
                                             kColumns, unread_only ? " AND read IS NULL" : ""),
                                 user, page.size + 1, offset_of(page));
    while (rows.next()) {
      listing.more = std::ssize(listing.items) == page.size;
      if (listing.more) break;
      listing.items.push_back(read_notice(rows));
    }
    return listing;
  });
}

Result<account::Notice> Notices::mark_read(UserId user, std::int64_t id) {
  return database_.writer.write([&](Write& write) -> Result<account::Notice> {
    write.sql.execute("UPDATE notices SET read = $3 WHERE id = $1 AND user_id = $2 AND read IS NULL", id, user,
                      write.now);
    auto rows =
        write.sql.query(fmt::format("SELECT {} FROM notices WHERE id = $1 AND user_id = $2", kColumns), id, user);
    if (!rows.next()) return std::unexpected(no_such("notice"));
    return read_notice(rows);
  });
}

Result<std::size_t> Notices::mark_all_read(UserId user) {
  return database_.writer.write([&](Write& write) -> Result<std::size_t> {
    return static_cast<std::size_t>(
        write.sql.execute("UPDATE notices SET read = $2 WHERE user_id = $1 AND read IS NULL", user, write.now));
  });
}

Result<account::NoticeChoice> Notices::choice(UserId user) {
  return database_.readers.read(
      [&](sql::Connection& connection) -> Result<account::NoticeChoice> { return find_choice(connection, user); });
}

Result<account::NoticeChoice> Notices::choose(UserId user, const account::NoticeChoiceChange& change) {
  return database_.writer.write([&](Write& write) -> Result<account::NoticeChoice> {
    RECAST_CHECK(find_user(write.sql, user));
    auto choice = find_choice(write.sql, user);
    change.apply_to(choice);
    const auto muted = muted_of(choice);
    write.sql.execute(
        "INSERT INTO notice_choices (user_id, language, without_mail) VALUES ($1, $2, $3) "
        "ON CONFLICT (user_id) DO UPDATE SET language = $2, without_mail = $3",
        user, choice.language, muted);
    Audit::note(
        write, "notices.choose", object_name("user", user),
        fmt::format("language {}, without mail: {}", choice.language.empty() ? "of the server" : choice.language,
                    muted.empty() ? "none" : muted));
    return choice;
  });
}

Result<bool> Notices::is_due(Time not_before) {
  const auto now = database_.clock.now();
  return database_.readers.read([&](sql::Connection& connection) -> Result<bool> {
    auto rows = connection.query(
        "SELECT 1 FROM notices WHERE mailed IS NULL AND (due IS NULL OR due <= $1) AND created >= $2 LIMIT 1", now,
        not_before);
    return rows.next();
  });
}

Result<std::optional<Notices::Taken>> Notices::take(std::chrono::seconds lease, Time not_before) {
  return database_.writer.write_passing([&](Write& write) -> Result<std::optional<Taken>> {
    Taken taken;
    give_up_muted(write);
    {
      auto rows =
          write.sql.query(fmt::format("SELECT {}, username, email, coalesce(language, ''), attempts FROM notices "
                                      "JOIN users ON users.id = notices.user_id "
                                      "LEFT JOIN notice_choices ON notice_choices.user_id = notices.user_id "
                                      "WHERE mailed IS NULL AND (due IS NULL OR due <= $1) AND notices.created >= $2 "
                                      "ORDER BY notices.id LIMIT 1",
                                      kColumns),
                          write.now, not_before);
      if (!rows.next()) return std::nullopt;
      taken = {read_notice(rows), rows.text(7), rows.text(8), rows.text(9), static_cast<int>(rows.integer(10)) + 1};
    }
    write.sql.execute("UPDATE notices SET due = $2, attempts = attempts + 1 WHERE id = $1", taken.notice.id,
                      write.now + lease);
    return taken;
  });
}

Result<> Notices::record(std::int64_t id, Outcome outcome, std::optional<Time> due) {
  return database_.writer.write([&](Write& write) -> Result<> {
    if (outcome == Outcome::failed && due) {
      write.sql.execute("UPDATE notices SET due = $2 WHERE id = $1", id, *due);
    } else {
      write.sql.execute("UPDATE notices SET due = NULL, mailed = $2, given_up = $3 WHERE id = $1", id, write.now,
                        outcome == Outcome::failed);
    }
    return {};
  });
}

Result<std::size_t> Notices::purge(Time before) {
  return database_.writer.write_even_if_full([&](Write& write) -> Result<std::size_t> {
    return static_cast<std::size_t>(write.sql.execute("DELETE FROM notices WHERE created < $1", before));
  });
}

}  // namespace recast::store
