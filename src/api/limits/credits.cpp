#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <charconv>

#include "api/account_views.hpp"
#include "api/envelope.hpp"
#include "api/query.hpp"
#include "api/views.hpp"
#include "schema/body.hpp"
#include "schema/parse.hpp"
#include "store/ledger.hpp"

namespace recast::api {

namespace {

struct NewEntry {
  std::optional<std::int64_t> amount;
  std::string kind;
  std::string note;
  std::optional<bool> unlimited;

  static constexpr auto fields = std::tuple{
      schema::field(&NewEntry::amount, "amount", "Credits to add; fewer than none takes some away.",
                    {.min = -1e15, .max = 1e15}),
      schema::field(&NewEntry::kind, "kind", "What it is: a grant, unless something is taken away: then an adjust.",
                    {.values = {"grant", "refund", "adjust"}}),
      schema::field(&NewEntry::note, "note", "Why, for people."),
      schema::field(&NewEntry::unlimited, "unlimited", "Whether the user needs no credits."),
  };
};

store::Ledger& ledger_of(Call& call) { return call.context.services.store.ledger(); }

json::object entry_view(const account::LedgerEntry& entry) {
  json::object out;
  out["id"] = entry.id;
  out["created_at"] = format_time(entry.at);
  out["kind"] = account::entry_kind_name(entry.kind);
  out["amount"] = entry.amount;
  out["balance"] = entry.balance;
  out["task_id"] = entry.task.empty() ? json::value(nullptr) : json::value(entry.task.str());
  out["job_id"] = entry.job.empty() ? json::value(nullptr) : json::value(entry.job.str());
  out["note"] = entry.note;
  out["by"] = entry.who;
  return out;
}

Result<http::Response> list_entries(Call& call, UserId user, const std::string& path) {
  const auto& query = call.request.query;
  RECAST_TRY(const auto page, page_of(query));
  RECAST_TRY(const auto listing, ledger_of(call).list(user, page));
  json::array data;
  for (const auto& entry : listing.items) data.push_back(entry_view(entry));
  return api_response(200, list_body(std::move(data), query, path, listing.page, listing.more));
}

Result<http::Response> list_own(Call& call) {
  return list_entries(call, call.principal.user.id, View(call.context, call.bases).link("users/me/credits"));
}

Result<account::User> user_in_path(Call& call) {
  RECAST_TRY(const auto id, number_in_path(call, 0));
  return call.context.services.store.user(UserId(id));
}

Result<http::Response> list_of_user(Call& call) {
  RECAST_TRY(const auto user, user_in_path(call));
  return list_entries(call, user.id,
                      fmt::format("{}/admin/v1/users/{}/credits", call.bases.api, static_cast<std::int64_t>(user.id)));
}

Result<store::Ledger::Change> change_in(const json::object& body) {
  RECAST_TRY(auto wanted, schema::parse<NewEntry>(body));
  if (!wanted.amount && !wanted.unlimited) {
    return fail(ErrorCode::invalid_data, "The amount field is required.", "amount");
  }
  if (wanted.amount == 0) return fail(ErrorCode::invalid_data, "The amount must not be 0.", "amount");
  constexpr std::size_t kLongestNote = 255;
  if (wanted.note.size() > kLongestNote)
    return fail(ErrorCode::invalid_data, "The note may not be longer than 255 bytes.", "note");
  const bool taken = wanted.amount.value_or(0) < 0;
  if (wanted.kind.empty()) wanted.kind = taken ? "adjust" : "grant";
  if (taken && wanted.kind != "adjust")
    return fail(ErrorCode::invalid_data, fmt::format("A {} cannot take credits away.", wanted.kind), "kind");
  return store::Ledger::Change{.unlimited = wanted.unlimited,
                               .kind = account::entry_kind_from(wanted.kind).value_or(account::EntryKind::adjust),
                               .amount = wanted.amount,
                               .note = std::move(wanted.note),
                               .idempotency_key = {}};
}

Result<http::Response> changed(Call& call, UserId user, const std::optional<account::LedgerEntry>& entry) {
  RECAST_TRY(const auto balance, ledger_of(call).balance(user));
  auto out = credits_view(balance);
  out["entry"] = entry ? json::value(entry_view(*entry)) : json::value(nullptr);
  return data_response(201, std::move(out));
}

Result<http::Response> change_credits(Call& call) {
  RECAST_TRY(const auto user, user_in_path(call));
  RECAST_TRY(const auto body, schema::parse_body(call.request.body));
  RECAST_TRY(auto change, change_in(body));
  change.idempotency_key = call.idempotency_key;
  RECAST_TRY(const auto entry, ledger_of(call).change(user.id, change));
  return changed(call, user.id, entry);
}

Result<http::Response> changed_before(Call& call, const std::string& object) {
  RECAST_TRY(const auto user, user_in_path(call));
  std::int64_t id = 0;
  std::from_chars(object.data(), object.data() + object.size(), id);
  RECAST_TRY(const auto entry, ledger_of(call).entry(user.id, id));
  return changed(call, user.id, entry);
}

Result<http::Response> verify(Call& call) {
  RECAST_TRY(const auto verdict, ledger_of(call).verify());
  json::array faults(verdict.faults.begin(), verdict.faults.end());
  json::object out;
  out["users"] = verdict.users;
  out["entries"] = verdict.entries;
  out["intact"] = verdict.faults.empty();
  out["faults"] = std::move(faults);
  return data_response(200, std::move(out));
}

}  // namespace

json::object credits_view(const account::Balance& balance) {
  json::object out;
  out["unlimited"] = !balance.limited;
  out["balance"] = balance.balance;
  out["reserved"] = balance.reserved;
  out["left"] = balance.left();
  return out;
}

void add_credit_routes(Routes& routes) {
  using account::scope::admin;
  routes.get("/v2/users/me/credits", account::scope::user_read, &list_own);
  routes.get("/admin/v1/users/{id}/credits", admin, &list_of_user);
  routes.create("/admin/v1/users/{id}/credits", admin, &change_credits, &changed_before);
  routes.get("/admin/v1/credits/verify", admin, &verify);
}

}  // namespace recast::api
