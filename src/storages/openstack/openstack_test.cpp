#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <set>

#include "../../../tests/support/temporary_folder.hpp"
#include "net/client_fixture.hpp"
#include "storages/openstack/objects.hpp"

namespace recast::storages::openstack {
namespace {

using recast::test::HttpTestServer;
using Server = HttpTestServer::Connection;
using Request = HttpTestServer::Request;

TEST(OpenStackAddresses, HaveABaseAndPerhapsAVersion) {
  const auto read = [](std::string_view url) {
    const auto address = identity_address(url);
    return address ? std::pair(address->base, address->version) : std::pair(address.error().field, Version::any);
  };
  const std::string base("https://auth.example:5000");
  EXPECT_EQ(read("https://auth.example:5000"), std::pair(base, Version::any));
  EXPECT_EQ(read("https://auth.example:5000/v3/"), std::pair(base, Version::v3));
  EXPECT_EQ(read("https://auth.example:5000/v2.0"), std::pair(base, Version::v2));
  EXPECT_EQ(read("auth.example:5000/identity/"), std::pair(base + "/identity", Version::any));
  EXPECT_EQ(read("https://auth.example:5000/auth/v1.0"), std::pair(base + "/auth/v1.0", Version::v1));
  for (const auto* const bad : {"https://u:p@auth.example", "https://auth.example/?x", "ftp://auth.example", "a b", ""})
    EXPECT_EQ(read(bad), std::pair(std::string("auth_url"), Version::any)) << bad;
}

constexpr std::string_view kCatalogue = R"([
  {"type": "compute", "endpoints": [{"interface": "public", "region": "R1", "region_id": "R1", "url": "http://no"}]},
  {"type": "object-store", "endpoints": [
    {"interface": "internal", "region": "R1", "region_id": "R1", "url": "http://inside/v1/A"},
    {"interface": "public", "region": "One", "region_id": "R1", "url": "http://one/v1/A/"},
    {"interface": "public", "region": "R2", "region_id": "R2", "url": "http://two/v1/A"}]}])";

TEST(OpenStackCatalogue, NamesAPublicEndpointByRegion) {
  const auto catalogue = json::parse(kCatalogue);
  const auto url = [&](std::string_view region) {
    const auto found = storage_url(catalogue, Version::v3, region);
    return found ? *found : found.error().message;
  };
  EXPECT_EQ(url("R1"), "http://one/v1/A");
  EXPECT_EQ(url("One"), "http://one/v1/A");
  EXPECT_EQ(url("r2"), "http://two/v1/A");
  EXPECT_EQ(url("R3"), "there is no object store in region \"R3\"; there is one in R1, One, R2");
  EXPECT_EQ(storage_url(json::parse("[]"), Version::v3, "R1").error().message,
            "the service catalogue has no object store");
  EXPECT_FALSE(storage_url(json::parse(R"({"type": 1})"), Version::v3, "R1"));
}

TEST(OpenStackCatalogue, OfVersionTwoIsAnother) {
  const auto catalogue = json::parse(
      R"([{"type": "object-store", "endpoints": [{"region": "R", "publicURL": "http://p/v1/A", "internalURL": "http://i"}]}])");
  EXPECT_EQ(storage_url(catalogue, Version::v2, "R").value(), "http://p/v1/A");
}

TEST(OpenStackCatalogue, AddressesWithMoreThanAnAddressAreRefused) {
  for (const auto* const url : {"http://u@p/v1", "http://p/v1?x=1", "http://p/v1#x", "file:///etc", "p"})
    EXPECT_FALSE(usable_storage_url(url)) << url;
}

TEST(OpenStackLimits, AreTheUsualOnesWhereNothingIsSaid) {
  EXPECT_EQ(limits_of("nonsense").max_file_bytes, 5368709122u);
  const auto limits = limits_of(R"({"swift": {"max_file_size": 1000}, "slo": {"max_manifest_segments": 7}})");
  EXPECT_EQ(limits.max_file_bytes, 1000u);
  EXPECT_EQ(limits.max_segments, 7u);
  EXPECT_TRUE(limits.static_large_objects);
  EXPECT_FALSE(limits_of(R"({"swift": {"max_file_size": -5}})").static_large_objects);
  EXPECT_EQ(limits_of(R"({"swift": {"max_file_size": -5}})").max_file_bytes, 5368709122u);
}

TEST(OpenStackListing, LeavesFoldersOut) {
  const auto page = page_of(R"([{"name": "a/", "bytes": 0, "content_type": "x"}, {"subdir": "b/"},
    {"name": "f", "bytes": 0, "content_type": "application/directory"}, {"name": "a/ü", "bytes": 5, "content_type": "x"}])");
  ASSERT_TRUE(page);
  ASSERT_EQ(page->objects.size(), 1u);
  EXPECT_EQ(page->objects[0].name, "a/ü");
  EXPECT_EQ(page->objects[0].size, 5u);
  EXPECT_EQ(page->next, "a/ü");
  EXPECT_TRUE(page_of("").value().next.empty());
  EXPECT_TRUE(page_of("[]").value().next.empty());
  EXPECT_FALSE(page_of("{}"));
  EXPECT_FALSE(page_of("[{"));
}

/// An identity service and a store on 127.0.0.1, in the test's own words.
class OpenStack : public ::testing::Test {
 protected:
  std::string url(std::string_view path = "") const { return server_.url(path); }
  Result<std::unique_ptr<storage::ObjectStore>> open() { return Objects::open(access_, settings_, connection_); }
  void grant(Server& to, std::string_view storage, std::string_view token = "t-1") const {
    const auto body = json::serialize(json::object{
        {"token",
         {{"catalog",
           {{{"type", "object-store"},
             {"endpoints", json::array{json::object{
                               {"interface", "public"}, {"region", "R"}, {"region_id", "R"}, {"url", storage}}}}}}}}}});
    to.answer("201 Created", "X-Subject-Token: " + std::string(token) + "\r\n", body);
  }
  void handle(const Request& request, Server& to) {
    requests_.with([&](auto& all) { all.push_back(request); });
    answer_(request, to);
  }
  std::vector<Request> requests() const {
    return requests_.with([](const auto& all) { return all; });
  }

  std::function<void(const Request&, Server&)> answer_;
  Guarded<std::vector<Request>> requests_;
  HttpTestServer server_{[this](const Request& request, Server& to) { handle(request, to); }};
  net::Settings net_settings_ = net::settings();
  std::unique_ptr<net::Client> net_ = net::make_client(net_settings_, net::Policy::open(net_settings_).value());
  std::stop_source stop_;
  storage::Connection connection_{*net_, Deadline::in(std::chrono::seconds(60)), stop_.get_token(), {}};
  Access access_{.auth_url = url(), .username = "u@corp", .password = "p-secret", .region = "R", .container = "c d"};
  Settings settings_;
  recast::test::TemporaryFolder temp_;
  storage::Meter meter_;
};

TEST_F(OpenStack, ARefusedNameIsTriedWithItsDomain) {
  answer_ = [this](const Request& request, Server& to) {
    const auto body = json::parse(request.body);
    if (text(body, {"auth", "identity", "password", "user", "domain", "id"}) == "default")
      return to.answer("401 Unauthorized", "", R"({"error": {"message": "no", "code": 401}})");
    grant(to, url("/v1/A"));
  };
  ASSERT_TRUE(open());
  const auto asked = json::parse(requests().at(1).body);
  EXPECT_EQ(text(asked, {"auth", "identity", "password", "user", "name"}), "u");
  EXPECT_EQ(text(asked, {"auth", "identity", "password", "user", "domain", "name"}), "corp");
}

TEST_F(OpenStack, BadCredentialsAreSaidWithoutThem) {
  answer_ = [](const Request&, Server& to) {
    to.answer("401 Unauthorized", "",
              R"({"error": {"message": "Log in first.", "code": 401, "title": "Unauthorized"}})");
  };
  const auto refused = open();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::invalid_credentials);
  EXPECT_EQ(refused.error().message, "Log in first. (HTTP 401)");
}

TEST_F(OpenStack, ACatalogueLeadsNowhereThatTheOperatorForbids) {
  answer_ = [this](const Request&, Server& to) { grant(to, "http://169.254.169.254/v1/A"); };
  const auto store = open();
  ASSERT_TRUE(store);
  const auto fetched = (*store)->fetch("x", temp_ / "x", meter_);
  ASSERT_FALSE(fetched);
  EXPECT_EQ(fetched.error().message, "target address is not allowed");
}

TEST_F(OpenStack, ATokenThatRanOutIsRenewedOnce) {
  int tokens = 0;
  answer_ = [&, this](const Request& request, Server& to) {
    if (request.target == "/v3/auth/tokens") return grant(to, url("/v1/A"), "t-" + std::to_string(++tokens));
    if (request.headers.at("x-auth-token") == "t-1") return to.answer("401 Unauthorized", "", "");
    to.answer("200 OK", "ETag: 5d41402abc4b2a76b9719d911017c592\r\n", "hello");
  };
  const auto store = open();
  ASSERT_TRUE(store);
  EXPECT_EQ((*store)->fetch("a b/ü", temp_ / "x", meter_).value(), 5u);
  EXPECT_EQ(recast::test::read_file(temp_ / "x"), "hello");
  EXPECT_EQ(requests().back().target, "/v1/A/c%20d/a%20b/%C3%BC");
  EXPECT_EQ(tokens, 2);
}

TEST_F(OpenStack, AStoreThatRefusesEveryTokenIsAskedTwice) {
  answer_ = [&, this](const Request& request, Server& to) {
    if (request.target == "/v3/auth/tokens") return grant(to, url("/v1/A"));
    to.answer("401 Unauthorized", "", "<html>");
  };
  const auto store = open();
  ASSERT_TRUE(store);
  const auto listed = (*store)->list("", 10);
  ASSERT_FALSE(listed);
  EXPECT_EQ(listed.error().code, ErrorCode::invalid_credentials);
  EXPECT_EQ(listed.error().message, "access denied (HTTP 401)");
  EXPECT_EQ(requests().size(), 4u);
}

/// Swift's ETags have no quotes.
TEST_F(OpenStack, ADownloadGoesOnWhereItWasCut) {
  std::string range;
  answer_ = [&, this](const Request& request, Server& to) {
    if (request.target == "/v3/auth/tokens") return grant(to, url("/v1/A"));
    if (!request.headers.contains("range"))
      return to.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\nETag: abc\r\n\r\n01234");
    range = request.headers.at("range") + " " + request.headers.at("if-match");
    to.answer("206 Partial Content", "Content-Range: bytes 5-9/10\r\nETag: abc\r\n", "56789");
  };
  const auto store = open();
  ASSERT_TRUE(store);
  EXPECT_EQ((*store)->fetch("x", temp_ / "x", meter_).value(), 10u);
  EXPECT_EQ(recast::test::read_file(temp_ / "x"), "0123456789");
  EXPECT_EQ(range, "bytes=5- abc");
}

TEST_F(OpenStack, SegmentsOfAFailedUploadAreRemoved) {
  settings_.large_bytes = 1 << 20;
  settings_.segment_bytes = 1 << 20;
  answer_ = [&, this](const Request& request, Server& to) {
    if (request.target == "/v3/auth/tokens") return grant(to, url("/v1/A"));
    if (request.target == "/info") return to.answer("200 OK", "", R"({"swift": {}, "slo": {}})");
    if (request.target.ends_with("?multipart-manifest=put")) return to.answer("400 Bad Request", "", "");
    to.answer("201 Created", "", "");
  };
  temp_.write("large", std::string(2'500'000, 'x'));
  const auto store = open();
  ASSERT_TRUE(store);
  const auto sent = (*store)->send(temp_ / "large", "d/large.bin", meter_);
  ASSERT_FALSE(sent);
  EXPECT_EQ(sent.error().message, "the store refused (HTTP 400)");
  std::multiset<std::string> put;
  std::multiset<std::string> removed;
  for (const auto& request : requests()) {
    if (request.target.starts_with("/v1/A/c%20d_segments/d/large.bin/"))
      (request.method == "PUT" ? put : removed).insert(request.target);
  }
  EXPECT_EQ(put.size(), 3u);
  EXPECT_EQ(put, removed);
}

TEST_F(OpenStack, WithoutStaticOnesALargeObjectIsADynamicOne) {
  settings_.large_bytes = 1 << 20;
  std::string manifest;
  answer_ = [&, this](const Request& request, Server& to) {
    if (request.target == "/v3/auth/tokens") return grant(to, url("/v1/A"));
    if (request.target == "/info") return to.answer("200 OK", "", R"({"swift": {}})");
    if (request.headers.contains("x-object-manifest")) manifest = request.headers.at("x-object-manifest");
    to.answer("201 Created", "", "");
  };
  temp_.write("large", std::string(2'500'000, 'x'));
  const auto store = open();
  ASSERT_TRUE(store);
  ASSERT_TRUE((*store)->send(temp_ / "large", "a b.bin", meter_));
  EXPECT_TRUE(manifest.starts_with("c%20d_segments/a%20b.bin/")) << manifest;
  EXPECT_TRUE(manifest.ends_with("/"));
}

}  // namespace
}  // namespace recast::storages::openstack
