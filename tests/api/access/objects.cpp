#include "objects.hpp"

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <stdexcept>

#include "account/signing.hpp"
#include "base/text.hpp"
#include "store/grants.hpp"
#include "store/notices.hpp"
#include "store/webhooks.hpp"

namespace recast::api_test {

namespace json = boost::json;

namespace {

constexpr const char* kNoId = "00000000-0000-4000-8000-000000000000";
constexpr const char* kNoNumber = "999999999";

void replace_all(std::string& text, const std::string& what, const std::string& by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

std::string path_of(const std::string& url) {
  const auto scheme = url.find("://");
  return scheme == std::string::npos ? url : url.substr(url.find('/', scheme + 3));
}

}  // namespace

Objects::Objects(TestServer& server) : server_(server) {
  add_jobs();
  add_account();
  add_administration();
}

void Objects::add_jobs() {
  const auto job = [this] {
    return call(
        "POST", "/sync/v2/jobs",
        R"({"webhook_url":"http://127.0.0.1:9/","tasks":{"in":{"operation":"import/raw","file":"x","filename":"x.txt"}}})");
  };
  kinds_["job"] = {[this, job] { return text(job(), "id"); }, kNoId};
  kinds_["delivery"] = {[this, job] {
                          job();
                          return text(call("GET", "/v2/webhooks/deliveries").at(0), "id");
                        },
                        kNoNumber};
  kinds_["task"] = {[this] { return finished_task("", "id"); }, kNoId};
  kinds_["waiting"] = {[this] { return text(call("POST", "/v2/import/upload"), "id"); }, kNoId};
  kinds_["download"] = {[this] { return path_of(finished_task("", "url")); }, ""};
  kinds_["sandbox_download"] = {[this] {
                                  call("POST", "/v2/sandbox/files", R"({"md5":"9dd4e461268c8034f5c8564e155c67a6"})");
                                  return path_of(finished_task("/sandbox", "url"));
                                },
                                ""};
  kinds_["signed"] = {[this] { return signed_url(); }, ""};
}

void Objects::add_account() {
  kinds_["user"] = {[this] { return server_.values().at("user"); }, kNoNumber};
  kinds_["key"] = {[this] { return text(call("POST", "/v2/keys", R"({"name":"further"})"), "id"); }, kNoNumber};
  kinds_["webhook"] = {
      [this] {
        return text(call("POST", "/v2/webhooks", R"({"url":"http://127.0.0.1:9/hook","events":["job.failed"]})"), "id");
      },
      kNoNumber};
  kinds_["client"] = {[this] {
                        return text(call("POST", "/v2/oauth/clients",
                                         R"({"name":"app","redirect_uris":["https://app.example.org/back"]})"),
                                    "id");
                      },
                      kNoId};
  kinds_["grant"] = {[this] { return grant(); }, kNoNumber};
  kinds_["notice"] = {[this] { return notice(); }, kNoNumber};
  kinds_["preset"] = {
      [this] {
        const auto name = fresh("preset");
        call("POST", "/v2/presets",
             fmt::format(R"({{"name":"{}","operation":"import/raw","options":{{"file":"x","filename":"x.txt"}}}})",
                         name));
        return name;
      },
      "no-such-preset"};
  kinds_["base"] = {[this] { return text(call("POST", "/v2/signed-urls", R"({"name":"site"})"), "id"); }, kNoId};
  kinds_["sandbox_file"] = {[this] {
                              const auto md5 = fmt::format("{:032x}", ++count_);
                              call("POST", "/v2/sandbox/files", fmt::format(R"({{"md5":"{}"}})", md5));
                              return md5;
                            },
                            "ffffffffffffffffffffffffffffffff"};
}

void Objects::add_administration() {
  const auto person = [this] {
    return text(call("POST", "/admin/v1/users",
                     fmt::format(R"({{"username":"{}","email":"someone@example.org"}})", fresh("person"))),
                "id");
  };
  kinds_["person"] = {person, kNoNumber};
  kinds_["key_of_person"] = {[this, person] {
                               const auto id = person();
                               const auto key = call("POST", "/admin/v1/users/" + id + "/keys", R"({"name":"first"})");
                               return id + "/keys/" + text(key, "id");
                             },
                             "999999999/keys/999999999"};
  kinds_["identity_of_person"] = {
      [this, person] {
        const auto identities = person() + "/identities";
        const auto made =
            call("POST", "/admin/v1/users/" + identities,
                 fmt::format(R"({{"issuer":"https://id.example.org","subject":"{}"}})", fresh("subject")));
        return identities + "/" + text(made, "id");
      },
      "999999999/identities/999999999"};
  kinds_["file_of_person"] = {[this, person] {
                                const auto files = person() + "/sandbox-files";
                                const auto md5 = fmt::format("{:032x}", ++count_);
                                call("POST", "/admin/v1/users/" + files, fmt::format(R"({{"md5":"{}"}})", md5));
                                return files + "/" + md5;
                              },
                              "999999999/sandbox-files/ffffffffffffffffffffffffffffffff"};
  kinds_["invitation"] = {
      [this] { return text(call("POST", "/admin/v1/invitations", R"({"email":"someone@example.org"})"), "id"); },
      kNoNumber};
  kinds_["fresh_name"] = {[this] { return fresh("name"); }, ""};
}

/// Of an export: its id, or the address of its file.
std::string Objects::finished_task(const char* prefix, const char* member) {
  const auto job = call("POST", std::string(prefix) + "/sync/v2/jobs",
                        R"({"tasks":{"in":{"operation":"import/raw","file":"x","filename":"x.txt"},)"
                        R"("out":{"operation":"export/url","input":"in"}}})");
  const auto& task = job.at("tasks").at(1);
  return std::string_view(member) == "id" ? text(task, "id") : text(task.at("result").at("files").at(0), member);
}

/// That a client of ada's acts for ada.
std::string Objects::grant() {
  const auto ada = UserId(std::stoll(server_.values().at("user")));
  auto& grants = server_.store().grants();
  account::OauthClient client;
  client.user = ada;
  client.name = "app";
  client.redirect_uris = {"https://app.example.org/back"};
  const auto made = grants.create_client(std::move(client), "secret", 1000).value();
  store::Grants::Approval approval;
  approval.user = ada;
  approval.client = made.id;
  approval.scopes = {"task.read"};
  if (!grants.give_token(approval, fresh("token"), std::chrono::hours(1))) throw std::runtime_error("no grant");
  return std::to_string(static_cast<std::int64_t>(grants.find(ada, made.id).value().value().id));
}

/// What ada is told because a webhook is gone.
std::string Objects::notice() {
  const auto ada = UserId(std::stoll(server_.values().at("user")));
  auto& webhooks = server_.store().webhooks();
  account::Delivery delivery;
  delivery.id = DeliveryId(1'000'000 + ++count_);
  delivery.user = ada;
  delivery.webhook = webhooks.create(ada, "http://127.0.0.1:9/gone", {"job.failed"}, 1000).value().id;
  store::Webhooks::Attempt attempt;
  attempt.outcome = account::Delivery::Outcome::failed;
  attempt.gone = true;
  if (!webhooks.record(delivery, attempt)) throw std::runtime_error("no notice");
  return std::to_string(server_.store().notices().list(ada, false, {}).value().items.at(0).id);
}

std::string Objects::signed_url() {
  const auto base = call("POST", "/v2/signed-urls", R"({"name":"site"})");
  const auto job = to_base64(R"({"tasks":{"in":{"operation":"import/raw","file":"x","filename":"x.txt"},)"
                             R"("out":{"operation":"export/url","input":"in"}}})");
  const auto url = fmt::format("{}?job={}", text(base, "base"), job.substr(0, job.find('=')));
  return path_of(fmt::format("{}&s={}", url, account::signature_of(text(base, "signing_secret"), url)));
}

Endpoint Objects::filled(const Endpoint& row) {
  auto out = row;
  last_.clear();
  for (const auto& place : row.places()) {
    const auto kind = kinds_.find(place);
    if (kind == kinds_.end()) throw std::runtime_error(row.line + ": nothing makes {" + place + "}");
    if (!last_.contains(place)) last_[place] = kind->second.make();
    replace_all(out.target, "{" + place + "}", last_[place]);
    replace_all(out.body, "{" + place + "}", last_[place]);
  }
  return out;
}

Endpoint Objects::missing(const Endpoint& row) const {
  auto out = row;
  for (const auto& place : row.places()) {
    replace_all(out.target, "{" + place + "}", kinds_.at(place).never_made);
    replace_all(out.body, "{" + place + "}", kinds_.at(place).never_made);
  }
  return out;
}

std::string Objects::without_ids(std::string text) const {
  for (const auto& [place, value] : last_) {
    replace_all(text, percent_encode(value), "ID");
    replace_all(text, value, "ID");
    if (const auto& never = kinds_.at(place).never_made; !never.empty()) replace_all(text, never, "ID");
  }
  return text;
}

http::test::Reply Objects::ask(const Endpoint& row, std::string_view token, std::string_view prefix) {
  http::test::Client client(server_.port());
  const auto key = token.empty() ? std::string() : fmt::format("Authorization: Bearer {}\r\n", token);
  return client.ask(fmt::format("{} {}{} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\nContent-Length: {}\r\n{}\r\n{}", row.method,
                                prefix, row.target, server_.port(), row.body.size(), key, row.body));
}

json::value Objects::call(const std::string& method, const std::string& target, const std::string& body) {
  Endpoint row;
  row.method = method;
  row.target = target;
  row.body = body;
  const auto reply = ask(row, server_.values().at("admin_key"));
  if (reply.status >= 300)
    throw std::runtime_error(fmt::format("{} {}: {} {}", method, target, reply.status, reply.body));
  return json::parse(reply.body).at("data");
}

std::string Objects::text(const json::value& value, std::string_view member) const {
  const auto& found = value.at(member);
  return found.is_string() ? std::string(found.get_string()) : json::serialize(found);
}

}  // namespace recast::api_test
