#include "storages/sftp/client.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>

#include "../../../tests/support/temporary_folder.hpp"
#include "base/text.hpp"
#include "storages/sftp/fake_server.hpp"
#include "storages/sftp/key.hpp"
#include "storages/sftp/objects.hpp"

namespace recast::storages::sftp {
namespace {

using test::FakeChannel;

/// What a file server would answer to the reads of one file.
std::string read_answer(const Packet& packet, std::string_view file, std::size_t at_most) {
  Reader reader(packet.rest);
  reader.text();
  const auto offset = reader.long_number();
  const auto length = reader.number();
  if (offset >= file.size()) return test::status(packet.id, Status::eof);
  return test::data(packet.id, file.substr(offset, std::min<std::size_t>(length, at_most)));
}

class Reading : public ::testing::Test {
 protected:
  Reading() : fd_(::open(path_.c_str(), O_RDWR | O_CREAT, 0600)) {
    for (int at = 0; at < 300'000; ++at) file_ += static_cast<char>('a' + at % 23);
  }
  Result<> read(FakeChannel::Serve serve, std::optional<std::uint64_t> end) {
    FakeChannel channel(std::move(serve));
    Client client(channel);
    return client.read("h", done_, end, 1'000'000, fd_.get(), meter_);
  }
  std::string content() const { return recast::test::read_file(path_); }

  recast::test::TemporaryFolder temp_;
  storage::fs::path path_ = temp_ / "file";
  UniqueFd fd_;
  std::string file_;
  std::uint64_t done_ = 0;
  storage::Meter meter_;
};

TEST_F(Reading, AsksForWhatShortAnswersLeaveOut) {
  const auto read_file = read([&](const Packet& packet) { return read_answer(packet, file_, 10'000); }, file_.size());
  ASSERT_TRUE(read_file) << read_file.error().message;
  EXPECT_EQ(content(), file_);
  EXPECT_EQ(done_, file_.size());
}

TEST_F(Reading, EndsWhereTheFileEndsIfItsSizeIsUnknown) {
  ASSERT_TRUE(read([&](const Packet& packet) { return read_answer(packet, file_, 40'000); }, std::nullopt));
  EXPECT_EQ(content(), file_);
}

TEST_F(Reading, TakesAnswersInAnyOrder) {
  std::vector<std::string> held;
  ASSERT_TRUE(read(
      [&](const Packet& packet) {
        held.push_back(read_answer(packet, file_, 40'000));
        if (held.size() < 3) return std::string();
        std::string answers;
        for (; !held.empty(); held.pop_back()) answers += held.back();
        return answers;
      },
      98'304 * 3));
  EXPECT_EQ(content(), file_.substr(0, 98'304 * 3));
}

TEST_F(Reading, KnowsUntilWhereItIsWholeAfterACut) {
  meter_.announce(file_.size());
  int answers = 0;
  const auto cut = read(
      [&](const Packet& packet) {
        ++answers;
        return answers == 2 ? std::string() : read_answer(packet, file_, 40'000);  // a gap, then more
      },
      file_.size());
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().message, "the connection was cut off");
  EXPECT_EQ(done_, 32'768u);
  EXPECT_EQ(meter_.percent(), 10);
  ASSERT_TRUE(read([&](const Packet& packet) { return read_answer(packet, file_, 40'000); }, file_.size()));
  EXPECT_EQ(content(), file_);
  EXPECT_EQ(meter_.percent(), 100);
}

TEST_F(Reading, AFileThatShrinksIsNoWholeFile) {
  const auto shrunk =
      read([&](const Packet& packet) { return read_answer(packet, std::string_view(file_).substr(0, 5000), 40'000); },
           file_.size());
  ASSERT_FALSE(shrunk);
  EXPECT_EQ(shrunk.error().message, "the file became shorter");
}

TEST_F(Reading, MoreThanWasAskedForIsNoAnswer) {
  const auto wrong = read([&](const Packet& packet) { return test::data(packet.id, std::string(40'000, 'x')); }, 100);
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, ErrorCode::unavailable);
  EXPECT_EQ(content(), "");
}

TEST_F(Reading, AFileThatIsTooLargeEnds) {
  const auto endless = read(
      [&](const Packet& packet) { return read_answer(packet, std::string(3'000'000, 'x'), 40'000); }, std::nullopt);
  ASSERT_FALSE(endless);
  EXPECT_EQ(endless.error().code, ErrorCode::file_too_large);
}

TEST_F(Reading, WritesEveryByteAtItsPlace) {
  temp_.write("source", file_);
  const UniqueFd source(::open((temp_ / "source").c_str(), O_RDONLY));
  std::string got(file_.size(), '\0');
  FakeChannel channel([&](const Packet& packet) {
    Reader reader(packet.rest);
    reader.text();
    const auto offset = reader.long_number();
    const auto bytes = reader.text();
    got.replace(offset, bytes.size(), bytes);
    return test::status(packet.id, Status::ok);
  });
  Client client(channel);
  std::uint64_t sent = 0;
  ASSERT_TRUE(client.write("h", source.get(), file_.size(), meter_, sent));
  EXPECT_EQ(got, file_);
  EXPECT_EQ(sent, file_.size());
}

TEST_F(Reading, ARefusedWriteIsTold) {
  temp_.write("source", file_);
  const UniqueFd source(::open((temp_ / "source").c_str(), O_RDONLY));
  FakeChannel channel(
      [&](const Packet& packet) { return test::status(packet.id, Status::failure, "No\x01space left"); });
  Client client(channel);
  std::uint64_t sent = 0;
  const auto written = client.write("h", source.get(), file_.size(), meter_, sent);
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().message, "No space left");
  EXPECT_EQ(sent, 0u);
  // What was under way is passed over.
  EXPECT_EQ(client.remove("x").error().message, "No space left");
}

TEST(SftpClient, ServersOfOtherVersionsAreNotSpokenTo) {
  FakeChannel channel([](const Packet&) { return test::version(2); });
  EXPECT_FALSE(Client(channel).start());
}

TEST(SftpClient, UsesTheLimitsOfTheServer) {
  std::uint32_t asked = 0;
  FakeChannel channel([&](const Packet& packet) {
    std::string bytes;
    if (packet.type == Type::init) {
      Writer(bytes, Type::version).number(3).text("limits@openssh.com").text("1");
    } else if (packet.type == Type::extended) {
      Writer(bytes, Type::extended_reply)
          .number(packet.id)
          .long_number(1 << 18)
          .long_number(100'000)
          .long_number(100'000)
          .long_number(10);
    } else {
      Reader reader(packet.rest);
      reader.text();
      reader.long_number();
      asked = std::max(asked, reader.number());
      bytes = test::status(packet.id, Status::eof);
    }
    return bytes;
  });
  Client client(channel);
  ASSERT_TRUE(client.start());
  std::uint64_t done = 0;
  storage::Meter meter;
  ASSERT_TRUE(client.read("h", done, std::nullopt, 1000, -1, meter));
  EXPECT_EQ(asked, 100'000u);
}

TEST(SftpClient, SaysWhatAStatusMeans) {
  const auto said = [](Status status, std::string_view text) {
    FakeChannel channel([&](const Packet& packet) { return test::status(packet.id, status, text); });
    return Client(channel).stat("x").error();
  };
  EXPECT_EQ(said(Status::no_such_file, "nix").message, "No such file");
  EXPECT_EQ(said(Status::no_such_file, "").code, ErrorCode::not_found);
  EXPECT_EQ(said(Status::permission_denied, "").message, "Permission denied");
  EXPECT_EQ(said(Status::unsupported, "").message, "the server does not support this operation");
  EXPECT_EQ(said(Status::failure, "").message, "Failure (Code: 4)");
  EXPECT_EQ(said(Status::failure, "Quota exceeded").message, "Quota exceeded");
}

TEST(SftpClient, RenamesOverAFileOnServersThatDoNot) {
  std::vector<Type> asked;
  bool removed = false;
  FakeChannel channel([&](const Packet& packet) {
    asked.push_back(packet.type);
    removed = removed || packet.type == Type::remove;
    if (packet.type == Type::rename && !removed) return test::status(packet.id, Status::failure);
    if (packet.type != Type::stat) return test::status(packet.id, Status::ok);
    std::string bytes;
    Writer(bytes, Type::attributes).number(packet.id).number(0);
    return bytes;
  });
  ASSERT_TRUE(Client(channel).rename("a", "b"));
  EXPECT_EQ(asked, (std::vector{Type::rename, Type::stat, Type::remove, Type::rename}));
}

TEST(SftpPackets, WhatIsTooLongOrTooShortIsNoPacket) {
  for (const std::string_view bytes : {std::string_view("\x7f\xff\xff\xff", 4), std::string_view("\0\0\0\1\1", 5)}) {
    Inbox inbox;
    inbox.buffer() = bytes;
    EXPECT_FALSE(inbox.next());
  }
  Reader reader(std::string_view("\0\0\0\5abc", 7));
  EXPECT_EQ(reader.text(), "");
  EXPECT_FALSE(reader.ok());
}

TEST(SftpPackets, ReadAttributesWithAllThatMayBeInThem) {
  std::string bytes;
  Writer(bytes, Type::attributes)
      .number(0x8000000f)
      .long_number(5'000'000'000)
      .number(1)
      .number(2)
      .number(0100644)
      .number(3)
      .number(1'700'000'000)
      .number(1)
      .text("a@b")
      .text("c");
  Reader reader(std::string_view(bytes).substr(5));
  const auto attributes = reader.attributes();
  EXPECT_TRUE(reader.ok() && reader.at_end());
  EXPECT_EQ(attributes.size, 5'000'000'000u);
  EXPECT_TRUE(attributes.may_be_file());
  EXPECT_EQ(attributes.modified, 1'700'000'000u);
}

TEST(SftpNames, BeginInTheLoginFolder) {
  EXPECT_EQ(path_of("~/a/b").value(), "./a/b");
  EXPECT_EQ(path_of("~").value(), ".");
  EXPECT_EQ(path_of("").value(), ".");
  EXPECT_EQ(path_of("/etc/x").value(), "/etc/x");
  EXPECT_FALSE(path_of(std::string("a\0b", 3)));
  EXPECT_EQ(path_of(std::string(5000, 'a')).error().message, "the name is longer than 4096 bytes");
}

TEST(SftpKeys, AreTakenAsTheyArePasted) {
  EXPECT_EQ(tidy_key(" -----BEGIN X-----\\nabc\\n-----END X-----\\n"), "-----BEGIN X-----\nabc\n-----END X-----\n");
  EXPECT_EQ(tidy_key("a\r\nb\r\n"), "a\nb\n");
  EXPECT_EQ(tidy_key("a\\r\\nb"), "a\nb\n");
}

TEST(SftpKeys, WhatIsNoKeyIsToldApart) {
  const auto said = [](std::string_view text) { return read_key(text, "").error(); };
  EXPECT_EQ(said("some-private-key").message, "the private key cannot be read");
  EXPECT_EQ(said("some-private-key").code, ErrorCode::invalid_credentials);
  EXPECT_NE(said("PuTTY-User-Key-File-3: ssh-ed25519\n").message.find("PuTTY"), std::string::npos);
  EXPECT_EQ(said("ssh-rsa AAAA x").message, "this is a public key, not a private one");
}

/// A passphrase that would be tried for hours.
TEST(SftpKeys, EndlessRoundsAreRefused) {
  std::string options;
  Writer(options, Type::init).text("0123456789abcdef").number(0xffffffff);
  std::string fields;
  Writer(fields, Type::init).text("aes256-ctr").text("bcrypt").text(std::string_view(options).substr(5)).number(1);
  const auto content = std::string("openssh-key-v1\0", 15) + fields.substr(5) + std::string(100, 'x');
  const auto key =
      "-----BEGIN OPENSSH PRIVATE KEY-----\n" + to_base64(content) + "\n-----END OPENSSH PRIVATE KEY-----\n";
  EXPECT_EQ(read_key(key, "secret").error().message, "the passphrase of the private key is guarded by too many rounds");
}

TEST(SftpKeys, OfHostsAreNamedByTheirFingerprint) {
  EXPECT_TRUE(check_host_key(""));
  EXPECT_TRUE(check_host_key("SHA256:" + std::string(43, 'A')));
  EXPECT_TRUE(check_host_key("sha256:" + std::string(43, 'A') + "="));
  EXPECT_TRUE(check_host_key(std::string(43, 'A')));
  for (const auto* const bad : {"SHA256:", "SHA256:AAAA", "16:27:ac:a5:76:28:2d:36:63:1b:56:4d:eb:df:a6:48", "yes"}) {
    const auto checked = check_host_key(bad);
    ASSERT_FALSE(checked) << bad;
    EXPECT_EQ(checked.error().field, "host_key");
  }
}

}  // namespace
}  // namespace recast::storages::sftp
