#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <cstdio>

#include "http/test_server.hpp"

namespace recast::http {
namespace {

using namespace std::chrono_literals;
using test::Client;

/// A certificate that only this test trusts.
void make_certificate(const std::filesystem::path& certificate, const std::filesystem::path& key) {
  EVP_PKEY* const pair = EVP_EC_gen("P-256");
  X509* const made = X509_new();
  X509_set_version(made, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made), 1);
  X509_gmtime_adj(X509_getm_notBefore(made), 0);
  X509_gmtime_adj(X509_getm_notAfter(made), 3600);
  X509_set_pubkey(made, pair);
  X509_NAME* const name = X509_get_subject_name(made);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(made, name);
  X509_sign(made, pair, EVP_sha256());
  std::FILE* const certificate_file = std::fopen(certificate.c_str(), "w");
  PEM_write_X509(certificate_file, made);
  std::fclose(certificate_file);
  std::FILE* const key_file = std::fopen(key.c_str(), "w");
  PEM_write_PrivateKey(key_file, pair, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(key_file);
  X509_free(made);
  EVP_PKEY_free(pair);
}

class TlsTest : public test::ServerTest {
 protected:
  TlsTest() { make_certificate(folder / "certificate.pem", folder / "key.pem"); }
  std::uint16_t start_tls() { return start({listener()}); }
  Listener listener() const { return {"api", "127.0.0.1", 0, folder / "certificate.pem", folder / "key.pem"}; }
};

TEST_F(TlsTest, ServesRequestsBodiesAndFiles) {
  router.get("/secure",
             [](Request& request) -> Result<Response> { return Response::text(200, request.secure ? "yes" : "no"); });
  std::string content;
  for (int i = 0; i < 3'000'000; ++i) content += static_cast<char>(i * 31 >> 4);
  folder.write("file", content);
  Client client(start_tls());
  ASSERT_TRUE(client.start_tls());
  EXPECT_EQ(client.get("/secure").body, "yes");
  EXPECT_EQ(client.get("/file").body, content);
  EXPECT_EQ(client.post("/upload", content).body, R"({"size":3000000})");
  EXPECT_EQ(client.post("/echo", content).body, content);
  EXPECT_EQ(client.get("/hello", "Connection: close\r\n").status, 200u);
  EXPECT_TRUE(client.closed());
}

TEST_F(TlsTest, EndsWhatIsNotTls) {
  settings.header_seconds = 1;
  const auto port = start_tls();
  Client plain(port), mute(port), partial(port);
  plain.send("GET /hello HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_EQ(plain.rest().find("200 OK"), std::string::npos);
  partial.send("\x16\x03\x01");
  EXPECT_TRUE(mute.closed());
  EXPECT_TRUE(partial.closed());
  EXPECT_TRUE(test::eventually([&] { return server->figures().connections == 0; }));
}

TEST_F(TlsTest, EndsClientsThatDoNotReadOrLeave) {
  settings.body_stall_seconds = 1;
  folder.write("file", "");
  std::filesystem::resize_file(folder / "file", 200'000'000);
  const auto port = start_tls();
  Client client(port, "127.0.0.1", 4096);
  ASSERT_TRUE(client.start_tls());
  client.send("GET /file HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_TRUE(test::eventually([&] { return server->figures().connections == 0; }));
  auto leaving = std::make_unique<Client>(port);
  ASSERT_TRUE(leaving->start_tls());
  leaving->send("GET /file HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(leaving->receive());
  leaving->reset();  // nothing raises SIGPIPE
  EXPECT_TRUE(test::eventually([&] { return server->figures().connections == 0; }));
}

TEST_F(TlsTest, StopsInTheMiddleOfAHandshake) {
  const auto port = start_tls();
  Client client(port);
  client.send("\x16\x03\x01");
  ASSERT_TRUE(test::eventually([&] { return server->figures().connections == 1; }));
  const auto begin = std::chrono::steady_clock::now();
  server->stop(Deadline::in(10s));
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 3s);
}

TEST_F(TlsTest, SaysWhatIsWrongWithItsFiles) {
  auto broken = listener();
  broken.certificate = folder / "absent.pem";
  const auto absent = Server::start(settings, {broken}, router);
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().field, "certificate");
  make_certificate(folder / "other.pem", folder / "other-key.pem");
  auto mixed = listener();
  mixed.key = folder / "other-key.pem";
  EXPECT_EQ(Server::start(settings, {mixed}, router).error().field, "key");
}

}  // namespace
}  // namespace recast::http
