// What keys may do, and what users learn of each other: each endpoint with each scope, and with ids of others.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "objects.hpp"
#include "sql/figures.hpp"

namespace recast::api_test {
namespace {

constexpr std::string_view kUnauthenticated = R"({"message":"Unauthenticated.","code":"UNAUTHENTICATED"})";
constexpr std::string_view kWrongScope = R"({"message":"Invalid scope(s) provided.","code":"FORBIDDEN"})";

class Access : public testing::Test {
 protected:
  Access() {
    for (const auto& row : read_endpoints(ENDPOINTS)) {
      if (!row.has("operation")) rows.push_back(row);
      if (row.has("operation")) for_each_operation(row);
    }
    scopes = account::all_scopes();
    scopes.emplace_back(account::scope::admin);
  }

  /// One row for each operation that has the route.
  void for_each_operation(const Endpoint& row) {
    for (const auto& [name, operation] : server.operations().all()) {
      auto one = row;
      const auto at = one.target.find("{operation}");
      one.target.replace(at, std::string_view("{operation}").size(), name);
      one.line += " (" + name + ")";
      if (!pattern_of(one).empty()) rows.push_back(std::move(one));
    }
  }

  /// Of the route that a row reaches; empty if there is none.
  std::string pattern_of(const Endpoint& row) {
    auto target = row.target.substr(0, row.target.find('?'));
    if (target == "{download}") target = "/tasks/id/file";
    if (target == "{sandbox_download}") target = "/tasks-sandbox/id/file";
    if (target == "{signed}") target = "/s/id";
    for (const auto& [place, stands_for] : {std::pair("{key_of_person}", "1/keys/2"),
                                            {"{file_of_person}", "1/sandbox-files/2"},
                                            {"{identity_of_person}", "1/identities/2"}}) {
      if (const auto at = target.find(place); at != std::string::npos) target.replace(at, 99, stands_for);
    }
    return std::string(server.router().find(row.method, target, false).pattern);
  }

  std::string key_of_ada(std::vector<std::string> scopes_of_key, account::KeyMode mode = account::KeyMode::both) {
    auto token = account::new_token(random);
    const auto ada = UserId(std::stoll(server.values().at("user")));
    EXPECT_TRUE(server.store().create_key(ada, "k", std::move(scopes_of_key), token,
                                          {.mode = mode, .expires = {}, .quota = {}}));
    return token;
  }
  std::string key(const char* name) const { return server.values().at(name); }

  SystemRandom random;
  TestServer server{
      {.sandbox_files = 1000, .keys = 100'000, .signed_url_bases = 1000, .presets = 1000, .preset_versions = 1000}};
  Objects objects{server};
  std::vector<Endpoint> rows;
  std::vector<std::string> scopes;
};

TEST_F(Access, EveryRouteHasARow) {
  std::set<std::pair<std::string, std::string>> known;
  for (const auto& row : rows) {
    const auto pattern = pattern_of(row);
    EXPECT_NE(pattern, "") << row.line << " reaches no route";
    known.emplace(row.method, pattern);
  }
  for (const auto& route : server.router().list())
    EXPECT_TRUE(known.contains(route)) << route.first << " " << route.second << " has no row in endpoints.table";
}

TEST_F(Access, AKeyOpensWhatItsScopeSaysAndNothingElse) {
  std::vector<std::string> all = scopes;
  const auto for_sandbox = key_of_ada(all, account::KeyMode::sandbox);
  std::map<std::string, std::string> keys;
  for (const auto& scope : scopes) keys[scope] = key_of_ada({scope});
  for (const auto& row : rows) {
    SCOPED_TRACE(row.line);
    const auto request = objects.filled(row);
    const auto expect_status = [&](const http::test::Reply& reply) {
      if (row.status != "any") {
        EXPECT_EQ(std::to_string(reply.status), row.status) << reply.body;
        return;
      }
      EXPECT_TRUE(reply.status < 500 && reply.status != 401 && reply.status != 403 && reply.status != 404 &&
                  reply.status != 405)
          << reply.status << " " << reply.body;
    };
    if (row.is_public()) {
      expect_status(objects.ask(request, ""));
      expect_status(objects.ask(request, "wrong"));
      continue;
    }
    const auto expect_stranger = [&](const std::string& token) {
      const auto reply = objects.ask(request, token);
      EXPECT_EQ(reply.status, 401U);
      EXPECT_EQ(reply.body, kUnauthenticated);
    };
    expect_stranger("");
    expect_stranger("wrong");
    if (row.needs_session()) {  // no key will do
      for (const auto& one : keys) expect_stranger(one.second);
      continue;
    }
    const auto elsewhere = objects.ask(request, for_sandbox);
    EXPECT_EQ(elsewhere.status, 403U);
    EXPECT_NE(elsewhere.body.find("for the sandbox only"), std::string::npos) << elsewhere.body;
    std::vector<std::string> needed;
    for (const auto scope : split(row.scope, '+')) {
      EXPECT_TRUE(keys.contains(std::string(scope))) << "there is no such scope";
      needed.emplace_back(scope);
    }
    for (const auto& [scope, token] : keys) {
      if (scope == row.scope) continue;
      const auto reply = objects.ask(request, token);
      EXPECT_EQ(reply.status, 403U) << scope;
      EXPECT_EQ(reply.body, kWrongScope) << scope;
    }
    expect_status(objects.ask(
        request, needed.size() == 1 ? keys[row.scope] : key_of_ada(needed)));  // last: it may be used up by that
  }
}

/// Rows by which one user could learn of another's things.
bool is_private(const Endpoint& row) {
  return row.needs_key() && row.scope != account::scope::admin && !row.places().empty() && !row.has("fresh_name");
}

/// Whatever else the server does runs statements, too; the fewest of some attempts are those of the request.
std::uint64_t fewest_statements(Objects& objects, const Endpoint& request, std::string_view token,
                                std::string_view prefix) {
  std::uint64_t fewest = ~std::uint64_t{0};
  for (int i = 0; i < 20; ++i) {
    const auto before = sql::statements_begun();
    objects.ask(request, token, prefix);
    fewest = std::min(fewest, sql::statements_begun() - before);
  }
  return fewest;
}

/// Asks for what is not the caller's, and for what was never there: one must be as the other.
void expect_as_if_missing(Objects& objects, const Endpoint& row, const Endpoint& request, std::string_view token,
                          std::string_view prefix) {
  const auto foreign = objects.ask(request, token, prefix);
  const auto never = objects.ask(objects.missing(row), token, prefix);
  if (row.names_in_path()) EXPECT_EQ(foreign.status, 404U) << foreign.body;
  EXPECT_EQ(foreign.status, never.status);
  EXPECT_EQ(objects.without_ids(foreign.body), objects.without_ids(never.body));
  EXPECT_EQ(fewest_statements(objects, request, token, prefix),
            fewest_statements(objects, objects.missing(row), token, prefix));
}

TEST_F(Access, WhatIsAnothersIsAsIfItWereNotThere) {
  for (const auto& row : rows) {
    if (!is_private(row)) continue;
    SCOPED_TRACE(row.line);
    const auto request = objects.filled(row);
    expect_as_if_missing(objects, row, request, key("other_key"), "");
    const auto own = objects.ask(request, key("key"));
    EXPECT_EQ(std::to_string(own.status), row.status) << own.body;  // still there, unchanged
  }
}

TEST_F(Access, WhatOthersMakeChangesNoListAndNoCount) {
  std::map<std::string, std::string> before;
  const auto look = [&](const Endpoint& row) { return objects.ask(row, key("other_key")).body; };
  const auto is_list = [](const Endpoint& row) {
    return row.method == "GET" && row.needs_key() && row.scope != account::scope::admin && row.places().empty();
  };
  for (const auto& row : rows) {
    if (is_list(row)) before[row.line] = look(row);
  }
  for (const auto& row : rows) {
    if (is_private(row)) objects.filled(row);
  }
  for (const auto& row : rows) {
    if (is_list(row)) EXPECT_EQ(look(row), before[row.line]) << row.line;
  }
  EXPECT_GE(before.size(), 12U);
}

TEST_F(Access, WhatIsOfTheOtherModeIsAsIfItWereNotThere) {
  int count = 0;
  for (const auto& row : rows) {
    const auto places = row.places();
    const bool has_mode = std::ranges::any_of(
        places, [](const auto& place) { return place == "job" || place == "task" || place == "waiting"; });
    if (!is_private(row) || !has_mode) continue;
    SCOPED_TRACE(row.line);
    ++count;
    const auto request = objects.filled(row);
    expect_as_if_missing(objects, row, request, key("key"), "/sandbox");
    const auto own = objects.ask(request, key("key"));
    EXPECT_EQ(std::to_string(own.status), row.status) << own.body;
  }
  EXPECT_GE(count, 12);
}

}  // namespace
}  // namespace recast::api_test
