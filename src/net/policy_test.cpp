#include "net/policy.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/un.h>

#include <array>

#include "net/address.hpp"
#include "schema/parse.hpp"

namespace recast::net {
namespace {

bool allowed(const Policy& policy, const std::string& literal, std::string_view host = "example.org",
             std::uint16_t port = 443) {
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  if (inet_pton(AF_INET, literal.c_str(), &v4.sin_addr) == 1) {
    return policy.allows(reinterpret_cast<const sockaddr*>(&v4), host, port);
  }
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  EXPECT_EQ(inet_pton(AF_INET6, literal.c_str(), &v6.sin6_addr), 1) << literal;
  return policy.allows(reinterpret_cast<const sockaddr*>(&v6), host, port);
}

Policy policy_of(const Settings& settings, std::vector<std::uint16_t> own_ports = {}) {
  auto policy = Policy::open(settings, std::move(own_ports));
  EXPECT_TRUE(policy) << policy.error().message;
  return std::move(policy).value();
}

TEST(Policy, ShowsNoPasswordOfItsProxy) {
  const Settings settings{.proxy = "http://user:password@proxy.example:3128"};
  EXPECT_EQ(schema::dump(settings).at("proxy").as_string(), "(hidden)");
}

TEST(Policy, RefusesEverySpecialAddressByDefault) {
  const auto policy = policy_of({});
  for (const auto* const literal : {"0.0.0.0",
                                    "0.1.2.3",
                                    "127.0.0.1",
                                    "127.255.255.254",
                                    "10.0.0.1",
                                    "172.16.0.1",
                                    "172.31.255.255",
                                    "192.168.1.1",
                                    "100.64.0.1",
                                    "100.100.100.200",
                                    "100.127.255.255",
                                    "169.254.169.254",
                                    "169.254.170.2",
                                    "192.0.0.1",
                                    "192.0.2.1",
                                    "198.51.100.7",
                                    "203.0.113.9",
                                    "198.18.0.1",
                                    "198.19.255.255",
                                    "192.88.99.1",
                                    "224.0.0.1",
                                    "239.255.255.255",
                                    "240.0.0.1",
                                    "255.255.255.255",
                                    "168.63.129.16",
                                    "::",
                                    "::1",
                                    "::ffff:127.0.0.1",
                                    "::ffff:10.1.2.3",
                                    "::ffff:169.254.169.254",
                                    "::127.0.0.1",
                                    "::8.8.8.8",
                                    "64:ff9b::808:808",
                                    "64:ff9b::7f00:1",
                                    "64:ff9b:1::1",
                                    "100::1",
                                    "5f00::1",
                                    "fc00::1",
                                    "fd00:ec2::254",
                                    "fe80::1",
                                    "febf::1",
                                    "fec0::1",
                                    "ff02::1",
                                    "2001::1",
                                    "2001:0:7f00:1::",
                                    "2001:1ff::1",
                                    "2001:db8::1",
                                    "2002:7f00:1::",
                                    "2002:808:808::1",
                                    "3fff::1",
                                    "3fff:fff::1",
                                    "4000::1",
                                    "1fff::1"}) {
    EXPECT_FALSE(allowed(policy, literal)) << literal;
  }
}

TEST(Policy, LetsPublicUnicastPass) {
  const auto policy = policy_of({});
  for (const auto* const literal :
       {"8.8.8.8",         "1.1.1.1",        "9.255.255.255",  "11.0.0.0",        "126.255.255.255",
        "128.0.0.1",       "100.63.255.255", "100.128.0.0",    "169.253.255.255", "172.15.255.255",
        "172.32.0.0",      "192.0.1.1",      "192.169.0.0",    "198.17.255.255",  "198.20.0.0",
        "223.255.255.255", "168.63.129.17",  "::ffff:8.8.8.8", "2606:4700::1111", "2001:4860:4860::8888",
        "2001:200::1",     "2003::1",        "3ffe::1",        "3fff:1000::1"}) {
    EXPECT_TRUE(allowed(policy, literal)) << literal;
  }
}

TEST(Policy, MetadataNeedsItsExactEntry) {
  EXPECT_FALSE(allowed(policy_of({.default_rule = "any"}), "169.254.169.254"));
  EXPECT_FALSE(allowed(policy_of({.allow_cidrs = {"169.254.0.0/16"}}), "169.254.169.254"));
  EXPECT_TRUE(allowed(policy_of({.allow_cidrs = {"169.254.0.0/16"}}), "169.254.1.1"));
  EXPECT_FALSE(allowed(policy_of({.allow_hosts = {"meta.corp"}}), "169.254.169.254", "meta.corp"));
  EXPECT_FALSE(allowed(policy_of({.default_rule = "any"}), "fd00:ec2::254"));
  EXPECT_FALSE(allowed(policy_of({.default_rule = "any"}), "64:ff9b::a9fe:a9fe"));
  EXPECT_FALSE(allowed(policy_of({.default_rule = "any"}), "2002:a9fe:a9fe::1"));
  EXPECT_FALSE(allowed(policy_of({.allow_hosts = {"nat.corp"}}), "64:ff9b::a9fe:a9fe", "nat.corp"));
  EXPECT_TRUE(allowed(policy_of({.allow_cidrs = {"169.254.169.254"}}), "169.254.169.254"));
  EXPECT_TRUE(allowed(policy_of({.allow_cidrs = {"169.254.169.254/32"}}), "::ffff:169.254.169.254"));
}

TEST(Policy, DenyWinsOverAllow) {
  const auto policy = policy_of({.default_rule = "any",
                                 .allow_hosts = {"*.corp"},
                                 .allow_cidrs = {"10.0.0.0/8"},
                                 .deny_hosts = {"bad.corp"},
                                 .deny_cidrs = {"10.66.0.0/16", "8.8.8.8"}});
  EXPECT_TRUE(allowed(policy, "10.1.1.1"));
  EXPECT_FALSE(allowed(policy, "10.66.1.1"));
  EXPECT_FALSE(allowed(policy, "10.66.1.1", "good.corp"));
  EXPECT_FALSE(allowed(policy, "::ffff:8.8.8.8"));
  EXPECT_FALSE(allowed(policy, "10.1.1.1", "bad.corp"));
  EXPECT_FALSE(policy.check_name("https", "bad.corp", 443));
  EXPECT_FALSE(policy.check_name("https", "BAD.corp.", 443));
  EXPECT_TRUE(policy.check_name("https", "good.corp", 443));
}

TEST(Policy, AllowedHostsMayResolveToPrivateAddresses) {
  const auto policy =
      policy_of({.allow_hosts = {"minio.internal:9000", "*.files.corp.example", "192.168.7.7", "[::1]:81"}});
  EXPECT_TRUE(allowed(policy, "10.0.0.4", "minio.internal", 9000));
  EXPECT_FALSE(allowed(policy, "10.0.0.4", "minio.internal", 9001));
  EXPECT_TRUE(allowed(policy, "10.0.0.4", "a.b.files.corp.example"));
  EXPECT_TRUE(allowed(policy, "10.0.0.4", "a.files.corp.example."));
  EXPECT_FALSE(allowed(policy, "10.0.0.4", "files.corp.example"));
  EXPECT_FALSE(allowed(policy, "10.0.0.4", "evilfiles.corp.example"));
  EXPECT_TRUE(allowed(policy, "192.168.7.7", "192.168.7.7"));
  EXPECT_TRUE(allowed(policy, "::1", "[::1]", 81));
  EXPECT_TRUE(allowed(policy, "::1", "[0:0::1]", 81));
  EXPECT_FALSE(allowed(policy, "::1", "[::1]", 82));
}

TEST(Policy, NoneReachesOnlyWhatIsListed) {
  const auto closed = policy_of({.default_rule = "none", .allow_hosts = {"mirror.corp"}});
  EXPECT_FALSE(allowed(closed, "8.8.8.8"));
  EXPECT_TRUE(allowed(closed, "8.8.8.8", "mirror.corp"));
  EXPECT_FALSE(closed.check_name("https", "example.org", 443));  // not even looked up
  EXPECT_TRUE(closed.check_name("https", "mirror.corp", 443));
  EXPECT_TRUE(policy_of({.default_rule = "none", .allow_cidrs = {"10.0.0.0/8"}}).check_name("https", "x.corp", 443));
}

TEST(Policy, AnOpenedTranslatorStillHasItsIpv4AddressChecked) {
  const auto policy = policy_of({.allow_cidrs = {"64:ff9b::/96"}});
  EXPECT_TRUE(allowed(policy, "64:ff9b::808:808"));
  EXPECT_FALSE(allowed(policy, "64:ff9b::7f00:1"));
  EXPECT_FALSE(allowed(policy, "64:ff9b::a00:1"));
}

TEST(Policy, RefusesTheServersOwnPortsOnThisMachine) {
  const auto policy = policy_of({.default_rule = "any", .allow_hosts = {"me.corp"}}, {8080});
  EXPECT_FALSE(allowed(policy, "127.0.0.1", "x", 8080));
  EXPECT_FALSE(allowed(policy, "127.9.9.9", "me.corp", 8080));
  EXPECT_FALSE(allowed(policy, "0.0.0.0", "x", 8080));
  EXPECT_FALSE(allowed(policy, "::1", "x", 8080));
  EXPECT_TRUE(allowed(policy, "127.0.0.1", "x", 8081));
  EXPECT_TRUE(allowed(policy, "8.8.8.8", "x", 8080));
}

TEST(Policy, RefusesPortsOfOtherProtocols) {
  const auto policy = policy_of({.allow_hosts = {"mail.corp:25"}, .allow_ports = {"6667"}});
  for (const auto port : std::to_array<std::uint16_t>({22, 25, 110, 143, 6666, 10080}))
    EXPECT_FALSE(policy.check_name("http", "example.org", port)) << port;
  for (const auto port : std::to_array<std::uint16_t>({80, 443, 8080, 9000, 6667}))
    EXPECT_TRUE(policy.check_name("http", "example.org", port)) << port;
  EXPECT_TRUE(policy.check_name("http", "mail.corp", 25));
  EXPECT_FALSE(policy.check_name("http", "example.org", 0));
  EXPECT_TRUE(policy.check_name("sftp", "example.org", 22));
  EXPECT_FALSE(policy.check_name("sftp", "example.org", 587));
  EXPECT_FALSE(policy.check_name("gopher", "example.org", 80));
  EXPECT_FALSE(policy_of({.allow_http = false}).check_name("http", "example.org", 80));
  EXPECT_TRUE(policy_of({.allow_http = false}).check_name("https", "example.org", 443));
}

TEST(Policy, OtherAddressFamiliesAreRefused) {
  sockaddr_un local{};
  local.sun_family = AF_UNIX;
  EXPECT_FALSE(policy_of({.default_rule = "any"}).allows(reinterpret_cast<const sockaddr*>(&local), "x", 80));
  EXPECT_FALSE(policy_of({}).allows(nullptr, "x", 80));
}

TEST(Policy, NamesTheSettingItCannotRead) {
  const auto field = [](const Settings& settings) {
    const auto policy = Policy::open(settings);
    return policy ? std::string("none") : policy.error().field;
  };
  EXPECT_EQ(field({.default_rule = "all"}), "default");
  EXPECT_EQ(field({.allow_hosts = {"a b"}}), "allow_hosts");
  EXPECT_EQ(field({.allow_hosts = {"http://x"}}), "allow_hosts");
  EXPECT_EQ(field({.allow_hosts = {"*"}}), "allow_hosts");
  EXPECT_EQ(field({.allow_hosts = {"a*.corp"}}), "allow_hosts");
  EXPECT_EQ(field({.allow_hosts = {"x:0"}}), "allow_hosts");
  EXPECT_EQ(field({.allow_hosts = {"x:70000"}}), "allow_hosts");
  EXPECT_EQ(field({.allow_cidrs = {"10.0.0.1/8"}}), "allow_cidrs");
  EXPECT_EQ(field({.allow_cidrs = {"10.0.0.0/33"}}), "allow_cidrs");
  EXPECT_EQ(field({.deny_cidrs = {"10/8"}}), "deny_cidrs");
  EXPECT_EQ(field({.deny_hosts = {""}}), "deny_hosts");
  EXPECT_EQ(field({.allow_ports = {"http"}}), "allow_ports");
  EXPECT_EQ(field({.ca_bundle = "/no/such/file"}), "ca_bundle");
  EXPECT_EQ(field({.proxy = "proxy:3128"}), "proxy");
  EXPECT_EQ(field({.allow_hosts = {"bücher.example", "::1", "x_y.corp:81"}}), "none");
}

TEST(Address, IsWrittenAsItIsRead) {
  for (const auto* const text : {"127.0.0.1", "::1", "2001:db8::7", "fd00:ec2::254"})
    EXPECT_EQ(Address::parse(text)->str(), text);
  EXPECT_EQ(Address::parse("::ffff:10.0.0.1")->str(), "10.0.0.1");
}

TEST(Network, CountsPrefixesOfBothFamilies) {
  EXPECT_TRUE(Network::parse("10.0.0.0/8")->contains(*Address::parse("::ffff:10.9.9.9")));
  EXPECT_TRUE(Network::parse("0.0.0.0/0")->contains(*Address::parse("255.1.2.3")));
  EXPECT_FALSE(Network::parse("0.0.0.0/0")->contains(*Address::parse("2001::1")));
  EXPECT_TRUE(Network::parse("::/0")->contains(*Address::parse("2001::1")));
  EXPECT_TRUE(Network::parse("fc00::/7")->contains(*Address::parse("fdff::1")));
  EXPECT_FALSE(Network::parse("fc00::/7")->contains(*Address::parse("fe00::1")));
}

}  // namespace
}  // namespace recast::net
