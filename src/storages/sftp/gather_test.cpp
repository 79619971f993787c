#include <gtest/gtest.h>

#include <map>

#include "storages/sftp/client.hpp"
#include "storages/sftp/fake_server.hpp"

namespace recast::storages::sftp {
namespace {

using test::FakeChannel;

/// A server whose files may be other ones than a listing said.
class FileServer {
 public:
  std::string serve(const Packet& packet) {
    Reader reader(packet.rest);
    const std::string name(reader.text());
    std::string bytes;
    switch (packet.type) {
      case Type::open:
        most_open = std::max(most_open, ++open_);
        if (!files.contains(name)) {
          --open_;
          return test::status(packet.id, Status::no_such_file);
        }
        Writer(bytes, Type::handle).number(packet.id).text(name);
        return bytes;
      case Type::fstat:
        Writer(bytes, Type::attributes).number(packet.id).number(1).long_number(files[name].size());
        return bytes;
      case Type::read: {
        const auto offset = reader.long_number();
        const auto content = std::string_view(files[name]).substr(offset, std::min(reader.number(), longest_answer));
        return content.empty() ? test::status(packet.id, Status::eof) : test::data(packet.id, content);
      }
      case Type::close:
        --open_;
        ++closed;
        return test::status(packet.id, Status::ok);
      default:
        return test::status(packet.id, Status::unsupported);
    }
  }
  std::map<std::string, std::string> files;
  std::uint32_t longest_answer = 1 << 20;
  int most_open = 0, closed = 0;

 private:
  int open_ = 0;
};

class Gathering : public ::testing::Test {
 protected:
  /// "name=content" of what came.
  std::map<std::string, std::string> gather(const std::vector<SmallFile>& files) {
    FakeChannel channel([this](const Packet& packet) { return server.serve(packet); });
    Client client(channel);
    std::map<std::string, std::string> came;
    const auto gathered = client.gather(files, [&](std::size_t at, std::string_view content) -> Result<> {
      came[files[at].path] = content;
      return {};
    });
    EXPECT_TRUE(gathered) << gathered.error().message;
    EXPECT_TRUE(client.is_at_rest());
    return came;
  }
  FileServer server;
};

TEST_F(Gathering, BringsManyFilesAtOnce) {
  std::vector<SmallFile> files;
  for (int at = 0; at < 200; ++at) {
    const auto name = std::to_string(at);
    server.files[name] = std::string(static_cast<std::size_t>(at), 'x') + name;
    files.push_back({name, server.files[name].size()});
  }
  server.files["empty"] = "";
  files.push_back({"empty", 0});
  EXPECT_EQ(gather(files), server.files);
  EXPECT_EQ(server.closed, 201);
  EXPECT_GT(server.most_open, 1);
  EXPECT_LE(server.most_open, 32);
}

TEST_F(Gathering, LeavesOutWhatIsNotAsTheListingSaid) {
  server.files = {{"same", "12345"}, {"longer", "1234567"}, {"shorter", "12"}, {"large", std::string(40'000, 'x')}};
  EXPECT_EQ(gather({{"longer", 5}, {"gone", 5}, {"same", 5}, {"shorter", 5}, {"large", 40'000}}),
            (std::map<std::string, std::string>{{"same", "12345"}}));
  EXPECT_EQ(server.closed, 3);
}

TEST_F(Gathering, AShortAnswerIsNoWholeFile) {
  server.files = {{"a", "12345"}};
  server.longest_answer = 3;
  EXPECT_TRUE(gather({{"a", 5}}).empty());
}

TEST_F(Gathering, EndsWithTheErrorOfWhoTakesThem) {
  server.files = {{"a", "1"}, {"b", "2"}};
  FakeChannel channel([this](const Packet& packet) { return server.serve(packet); });
  const std::vector<SmallFile> files{{"a", 1}, {"b", 1}};
  const auto gathered = Client(channel).gather(
      files, [](std::size_t, std::string_view) -> Result<> { return fail(ErrorCode::disk_full, "full"); });
  ASSERT_FALSE(gathered);
  EXPECT_EQ(gathered.error().code, ErrorCode::disk_full);
}

TEST_F(Gathering, EndsWhenTheConnectionIsCut) {
  FakeChannel channel([](const Packet&) { return std::string(); });
  const std::vector<SmallFile> files{{"a", 1}};
  EXPECT_FALSE(Client(channel).gather(files, [](std::size_t, std::string_view) { return Result<>(); }));
}

}  // namespace
}  // namespace recast::storages::sftp
