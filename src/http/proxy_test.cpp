#include "http/proxy.hpp"

#include <gtest/gtest.h>

namespace recast::http {
namespace {

AddressBytes address(std::string_view text) { return parse_address(text).value(); }

TEST(Proxy, ReadsAddresses) {
  EXPECT_EQ(format_address(address("10.1.2.3")), "10.1.2.3");
  EXPECT_EQ(format_address(address("10.1.2.3:80")), "10.1.2.3");
  EXPECT_EQ(format_address(address("[2001:DB8::1]:80")), "2001:db8::1");
  EXPECT_EQ(format_address(address("::ffff:1.2.3.4")), "1.2.3.4");
  EXPECT_EQ(format_address(address("fe80::1%eth0")), "fe80::1");
  for (const auto* bad : {"", "1.2.3", "a", "1.2.3.4.5", "unknown", ":"}) EXPECT_FALSE(parse_address(bad)) << bad;
}

TEST(Proxy, MatchesNetworks) {
  const auto proxies = TrustedProxies::parse({"10.0.0.0/8", "192.168.1.7", "2001:db8::/33", "172.16.0.0/12"}).value();
  for (const auto* inside : {"10.255.0.1", "192.168.1.7", "2001:db8:7fff::1", "172.31.255.255", "::ffff:10.0.0.1"}) {
    EXPECT_TRUE(proxies.contains(address(inside))) << inside;
  }
  for (const auto* outside : {"11.0.0.1", "192.168.1.8", "2001:db8:8000::1", "172.32.0.0", "::1"}) {
    EXPECT_FALSE(proxies.contains(address(outside))) << outside;
  }
  EXPECT_TRUE(TrustedProxies::parse({"0.0.0.0/0"})->contains(address("8.8.8.8")));
  EXPECT_FALSE(TrustedProxies::parse({"0.0.0.0/0"})->contains(address("2001::1")));
  EXPECT_TRUE(TrustedProxies::parse({"::/0"})->contains(address("2001::1")));
}

TEST(Proxy, RefusesBadEntries) {
  for (const auto* bad : {"x", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "::/129", "10.0.0.0/8a"}) {
    const auto parsed = TrustedProxies::parse({bad});
    ASSERT_FALSE(parsed) << bad;
    EXPECT_EQ(parsed.error().field, "trusted_proxies");
  }
}

Request forwarded() {
  Request request;
  request.headers.add("Host", "inside");
  request.headers.add("X-Forwarded-For", "6.6.6.6, 1.2.3.4");
  request.headers.add("X-Forwarded-For", "10.0.0.9");
  request.headers.add("X-Forwarded-Proto", "https");
  request.headers.add("X-Forwarded-Host", "api.example.org");
  return request;
}

TEST(Proxy, BelievesATrustedPeer) {
  const auto proxies = TrustedProxies::parse({"10.0.0.0/8"}).value();
  auto request = forwarded();
  proxies.apply(address("10.0.0.1"), request);
  EXPECT_EQ(request.remote_address, "1.2.3.4");
  EXPECT_TRUE(request.secure);
  EXPECT_EQ(request.headers.get("Host"), "api.example.org");
}

TEST(Proxy, DropsWhatOthersClaim) {
  const auto proxies = TrustedProxies::parse({"10.0.0.0/8"}).value();
  auto request = forwarded();
  proxies.apply(address("5.5.5.5"), request);
  EXPECT_EQ(request.remote_address, "5.5.5.5");
  EXPECT_FALSE(request.secure);
  EXPECT_EQ(request.headers.get("Host"), "inside");
  EXPECT_FALSE(request.headers.has("X-Forwarded-For"));
}

TEST(Proxy, StopsAtWhatIsNoAddress) {
  const auto proxies = TrustedProxies::parse({"10.0.0.0/8"}).value();
  Request request;
  request.headers.add("X-Forwarded-For", "1.2.3.4, unknown");
  proxies.apply(address("10.0.0.1"), request);
  EXPECT_EQ(request.remote_address, "10.0.0.1");
}

}  // namespace
}  // namespace recast::http
