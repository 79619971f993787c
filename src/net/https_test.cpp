#include <gtest/gtest.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <poll.h>

#include <csignal>
#include <thread>

#include "../../tests/support/temporary_folder.hpp"
#include "net/http_test_server.hpp"
#include "net/policy.hpp"

namespace recast::net {
namespace {

using namespace std::chrono_literals;

template <class Handle, void (*close_handle)(Handle*)>
struct Close {
  void operator()(Handle* handle) const { close_handle(handle); }
};
using Key = std::unique_ptr<EVP_PKEY, Close<EVP_PKEY, EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Close<X509, X509_free>>;
using Context = std::unique_ptr<SSL_CTX, Close<SSL_CTX, SSL_CTX_free>>;
using Session = std::unique_ptr<SSL, Close<SSL, SSL_free>>;

/// A certificate that vouches for itself as files.example.
Certificate make_certificate(EVP_PKEY* key) {
  Certificate certificate(X509_new());
  auto* const x509 = certificate.get();
  X509_set_version(x509, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
  X509_gmtime_adj(X509_getm_notBefore(x509), -3600);
  X509_gmtime_adj(X509_getm_notAfter(x509), 3600);
  X509_set_pubkey(x509, key);
  auto* const name = X509_get_subject_name(x509);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("files.example"), -1, -1,
                             0);
  X509_set_issuer_name(x509, name);
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, x509, x509, nullptr, nullptr, 0);
  for (const auto& [kind, value] :
       {std::pair(NID_subject_alt_name, "DNS:files.example"), std::pair(NID_basic_constraints, "CA:TRUE")}) {
    auto* const extension = X509V3_EXT_conf_nid(nullptr, &context, kind, value);
    X509_add_ext(x509, extension, -1);
    X509_EXTENSION_free(extension);
  }
  X509_sign(x509, key, EVP_sha256());
  return certificate;
}

/// Answers each TLS connection with the same bytes; its thread ends with it.
class TlsServer {
 public:
  explicit TlsServer(std::string answer, int newest = 0) : answer_(std::move(answer)) {
    EVP_PKEY* raw = EVP_EC_gen("P-256");
    key_.reset(raw);
    certificate_ = make_certificate(raw);
    SSL_CTX_use_certificate(context_.get(), certificate_.get());
    SSL_CTX_use_PrivateKey(context_.get(), raw);
    if (newest != 0) {
      SSL_CTX_set_security_level(context_.get(), 0);
      SSL_CTX_set_max_proto_version(context_.get(), newest);
    }
    std::signal(SIGPIPE, SIG_IGN);  // a client that refuses the certificate may be gone before the answer
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    auto* const generic = reinterpret_cast<sockaddr*>(&at);
    EXPECT_EQ(::bind(listener_.get(), generic, size), 0);
    EXPECT_EQ(::listen(listener_.get(), 8), 0);
    EXPECT_EQ(::getsockname(listener_.get(), generic, &size), 0);
    port_ = ntohs(at.sin_port);
    thread_ = std::jthread([this](const std::stop_token& stop) {
      while (!stop.stop_requested()) serve();
    });
  }
  std::string url() const { return "https://files.example:" + std::to_string(port_) + "/a.txt"; }
  std::string resolve() const { return "files.example:" + std::to_string(port_) + ":127.0.0.1"; }
  std::string pem() const {
    std::unique_ptr<BIO, Close<BIO, BIO_free_all>> bio(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(bio.get(), certificate_.get());
    char* data = nullptr;
    const auto size = BIO_get_mem_data(bio.get(), &data);
    return {data, static_cast<std::size_t>(size)};
  }

 private:
  void serve() {
    pollfd waiting{listener_.get(), POLLIN, 0};
    if (::poll(&waiting, 1, 20) <= 0) return;
    const UniqueFd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
    const timeval limit{5, 0};
    ::setsockopt(fd.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    const Session session(SSL_new(context_.get()));
    SSL_set_fd(session.get(), fd.get());
    char buffer[4096];
    if (SSL_accept(session.get()) != 1 || SSL_read(session.get(), buffer, sizeof buffer) <= 0) return;
    SSL_write(session.get(), answer_.data(), static_cast<int>(answer_.size()));
    SSL_shutdown(session.get());
  }

  std::string answer_;
  Context context_{SSL_CTX_new(TLS_server_method())};
  Key key_;
  Certificate certificate_;
  UniqueFd listener_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  std::uint16_t port_ = 0;
  std::jthread thread_;
};

constexpr std::string_view kHello = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello";

class Https : public ::testing::Test {
 protected:
  Result<Downloaded> get(const std::string& url, const std::vector<std::string>& resolve,
                         const std::string& authorities) {
    Settings settings{.allow_cidrs = {"127.0.0.1"}, .attempts = 1};
    if (!authorities.empty()) settings.ca_bundle = folder.write("ca.pem", authorities);
    const auto client = make_client(settings, std::move(Policy::open(settings)).value(), resolve);
    return client->download({.url = url, .headers = {{"X-Api-Key", "k"}}, .to = folder / "file"}, Deadline::in(20s),
                            {});
  }
  test::TemporaryFolder folder;
};

TEST_F(Https, TrustsTheOperatorsAuthorities) {
  const TlsServer server{std::string(kHello)};
  const auto result = get(server.url(), {server.resolve()}, server.pem());
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_EQ(test::read_file(folder / "file"), "hello");
}

TEST_F(Https, TrustsNobodyElse) {
  const TlsServer server{std::string(kHello)}, other{std::string(kHello)};
  for (const auto& authorities : {std::string(), other.pem()}) {
    const auto result = get(server.url(), {server.resolve()}, authorities);
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().message, "Download failed: could not establish a secure connection to host");
  }
}

TEST_F(Https, ChecksTheNameInTheCertificate) {
  const TlsServer server{std::string(kHello)};
  auto url = server.url(), resolve = server.resolve();
  url.replace(url.find("files"), 5, "other");
  resolve.replace(0, 5, "other");
  EXPECT_FALSE(get(url, {resolve}, server.pem()));
}

TEST_F(Https, RefusesOldProtocols) {
  const TlsServer server(std::string(kHello), TLS1_1_VERSION);
  EXPECT_FALSE(get(server.url(), {server.resolve()}, server.pem()));
}

TEST_F(Https, DropsHeadersOnTheWayToClearText) {
  const test::HttpTestServer clear([](const auto&, auto& to) { to.answer("200 OK", "", "clear"); });
  const TlsServer server("HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: " + clear.url("/") + "\r\n\r\n");
  const auto result = get(server.url(), {server.resolve()}, server.pem());
  ASSERT_TRUE(result) << result.error().message;
  EXPECT_FALSE(clear.requests().at(0).headers.contains("x-api-key"));
}

}  // namespace
}  // namespace recast::net
