#include "net/overrides.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>

#include <boost/json/parse.hpp>

#include "net/client_fixture.hpp"
#include "net/session.hpp"

namespace recast::net {
namespace {

const std::vector<std::string> kOperations{"export/sftp", "import/url"};

Result<Overrides> read(std::string_view text) {
  return read_overrides(boost::json::parse(text).as_object(), kOperations);
}

/// The policy of export/sftp under these rules.
Policy sftp_under(const Settings& settings, std::string_view override_text) {
  const auto overrides = read(R"({"export/sftp": )" + std::string(override_text) + "}");
  EXPECT_TRUE(overrides) << overrides.error().message;
  auto policies = open_policies(settings, *overrides);
  EXPECT_TRUE(policies) << policies.error().message;
  return policies->overrides.at("export/sftp");
}

bool allowed(const Policy& policy, const char* literal, std::string_view host = "example.org",
             std::uint16_t port = 443) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  EXPECT_EQ(inet_pton(AF_INET, literal, &address.sin_addr), 1);
  return policy.allows(reinterpret_cast<const sockaddr*>(&address), host, port);
}

TEST(Overrides, AddToTheListsOfTheServer) {
  const auto policy =
      sftp_under({.allow_hosts = {"minio.lan:9000"}, .deny_cidrs = {"10.66.0.0/16"}},
                 R"({"allow_hosts": ["nas.lan:22"], "allow_cidrs": "10.0.0.0/8", "deny_hosts": ["old.lan"],
                                     "deny_cidrs": ["10.77.0.0/16"], "allow_ports": ["25"]})");
  EXPECT_TRUE(allowed(policy, "192.168.1.1", "nas.lan", 22));
  EXPECT_TRUE(allowed(policy, "192.168.1.1", "minio.lan", 9000));
  EXPECT_TRUE(allowed(policy, "10.1.1.1"));
  EXPECT_FALSE(allowed(policy, "10.66.1.1"));  // the server's denial stays
  EXPECT_FALSE(allowed(policy, "10.77.1.1"));
  EXPECT_FALSE(allowed(policy, "10.1.1.1", "old.lan"));
  EXPECT_FALSE(allowed(policy, "192.168.1.1"));
  EXPECT_TRUE(policy.check_name("sftp", "mail.lan", 25));
}

TEST(Overrides, TakeThePlaceOfTheDefaultAndOfAllowHttp) {
  EXPECT_TRUE(allowed(sftp_under({}, R"({"default": "any"})"), "10.1.1.1"));
  EXPECT_FALSE(allowed(sftp_under({}, R"({"default": "none"})"), "8.8.8.8"));
  EXPECT_FALSE(allowed(sftp_under({.default_rule = "none"}, R"({"allow_http": true})"), "8.8.8.8"));
  EXPECT_FALSE(sftp_under({}, R"({"allow_http": false})").check_name("http", "example.org", 80));
  EXPECT_TRUE(sftp_under({.allow_http = false}, R"({"allow_http": true})").check_name("http", "example.org", 80));
  EXPECT_FALSE(sftp_under({.allow_http = false}, "{}").check_name("http", "example.org", 80));
}

TEST(Overrides, LeaveTheGeneralRulesAndMetadataAddressesAlone) {
  const auto overrides = read(R"({"export/sftp": {"allow_cidrs": ["10.0.0.0/8"], "default": "any"}})");
  const auto policies = open_policies({}, *overrides);
  ASSERT_TRUE(policies);
  EXPECT_FALSE(allowed(policies->general, "10.1.1.1"));
  EXPECT_FALSE(allowed(policies->overrides.at("export/sftp"), "169.254.169.254"));
  EXPECT_TRUE(allowed(sftp_under({}, R"({"allow_cidrs": ["169.254.169.254"]})"), "169.254.169.254"));
  EXPECT_FALSE(policies->overrides.contains("import/url"));
}

TEST(Overrides, NeverOpenTheServersOwnPorts) {
  const auto overrides = read(R"({"export/sftp": {"default": "any"}})");
  const auto policies = open_policies({}, *overrides, {8080});
  ASSERT_TRUE(policies);
  EXPECT_FALSE(allowed(policies->overrides.at("export/sftp"), "127.0.0.1", "x", 8080));
  EXPECT_TRUE(allowed(policies->overrides.at("export/sftp"), "127.0.0.1", "x", 8081));
}

TEST(Overrides, NameWhatIsWrong) {
  const auto unknown = read(R"({"export/zip": {}})");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().field, "outbound.override.\"export/zip\"");
  EXPECT_EQ(unknown.error().message, "No operation of this name goes out; those that do are export/sftp, import/url.");
  EXPECT_EQ(read(R"({"export/sftp": true})").error().field, "outbound.override.\"export/sftp\"");
  EXPECT_EQ(read(R"({"export/sftp": {"proxy": "http://x:1"}})").error().field,
            "outbound.override.\"export/sftp\".proxy");
  EXPECT_EQ(read(R"({"export/sftp": {"default": "all"}})").error().field, "outbound.override.\"export/sftp\".default");
  EXPECT_EQ(read(R"({"export/sftp": {"allow_http": "no"}})").error().field,
            "outbound.override.\"export/sftp\".allow_http");
  const auto overrides = read(R"({"export/sftp": {"allow_hosts": ["a b"]}})");
  ASSERT_TRUE(overrides);
  EXPECT_EQ(open_policies({}, *overrides).error().field, "outbound.override.\"export/sftp\".allow_hosts");
  EXPECT_EQ(open_policies({.allow_cidrs = {"x"}}, {}).error().field, "outbound.allow_cidrs");
}

TEST(Overrides, HoldForTheirOperationAloneWhateverConnectionsAreOpen) {
  const HttpTestServer server([](const Request&, Connection& to) {
    to.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");  // and keeps the connection
    to.hang();
  });
  const auto overrides = read(R"({"export/sftp": {"allow_cidrs": ["127.0.0.1"]}})");
  auto policies = open_policies({.attempts = 1}, *overrides);
  ASSERT_TRUE(policies);
  const auto client = make_client({.attempts = 1}, std::move(*policies));
  const auto with_right = client->on_behalf_of({"export/sftp", "task-1"});
  const auto without = client->on_behalf_of({"import/url", "task-2"});
  const std::stop_source stop;
  const auto deadline = Deadline::in(20s);
  const auto open = with_right->session(deadline, stop.get_token());
  const Call call{.url = server.url("/"), .headers = {}, .body = {}, .place = {}, .on_bytes = {}};
  ASSERT_TRUE(open->call(call));
  for (auto* const other : {without.get(), client.get()}) {
    const auto answer = other->session(deadline, stop.get_token())->call(call);
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().message, "target address is not allowed");
    EXPECT_FALSE(other->exchange({.url = server.url("/")}, deadline, stop.get_token()));
    EXPECT_FALSE(other->connect({"sftp", "127.0.0.1", server.port()}, deadline, stop.get_token()));
  }
  EXPECT_TRUE(with_right->connect({"sftp", "127.0.0.1", server.port()}, deadline, stop.get_token()));
  EXPECT_EQ(server.requests().size(), 1u);
}

}  // namespace
}  // namespace recast::net
