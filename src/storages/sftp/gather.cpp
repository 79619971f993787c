#include <algorithm>
#include <map>

#include "storages/sftp/client.hpp"

namespace recast::storages::sftp {

namespace {
constexpr std::size_t kFilesUnderWay = 32;  // servers allow some hundred open files
}

/// Files on their way here. Each is opened; asked for its size and its bytes at once; and closed. Nothing is waited for
/// before the next file's requests go out.
class Client::Gathering {
 public:
  using Take = std::function<Result<>(std::size_t file, std::string_view content)>;
  Gathering(Client& client, std::span<const SmallFile> files, const Take& take)
      : client_(client), files_(files), take_(take) {}

  Result<> run() {
    std::size_t next = 0;
    while (next < files_.size() || !asked_.empty()) {
      while (next < files_.size() && under_way_ < kFilesUnderWay) open(next++);
      if (asked_.empty()) continue;  // none of them was small
      RECAST_TRY(const auto packet, client_.await());
      const auto found = asked_.find(packet.id);
      if (found == asked_.end()) continue;  // of a request that was given up
      const auto question = found->second;
      asked_.erase(found);
      RECAST_CHECK(take(question, packet));
    }
    return {};
  }

 private:
  enum class About { handle, attributes, content, close };
  struct Question {
    std::size_t file = 0;
    About about = About::handle;
  };
  /// What is known of a file that is open.
  struct Known {
    std::string handle;
    std::optional<std::uint64_t> size;
    std::optional<std::string> content;
    int answers = 0;
  };

  void ask(std::size_t file, About about) { asked_.emplace(client_.last_id_, Question{file, about}); }

  void open(std::size_t file) {
    if (files_[file].size >= client_.read_bytes_) return;
    client_.begin(Type::open).number(++client_.last_id_).text(files_[file].path).number(kRead).no_attributes();
    ask(file, About::handle);
    ++under_way_;
  }

  Result<> take(const Question& question, const Packet& packet) {
    switch (question.about) {
      case About::handle:
        opened(question.file, packet);
        return {};
      case About::attributes:
        if (packet.type == Type::attributes) {
          Reader reader(packet.rest);
          const auto attributes = reader.attributes();
          if (reader.ok() && attributes.may_be_file()) known_[question.file].size = attributes.size;
        }
        return answered(question.file);
      case About::content:
        read(known_[question.file], packet);
        return answered(question.file);
      case About::close:
        --under_way_;
        return {};
    }
    return {};
  }

  void opened(std::size_t file, const Packet& packet) {
    Reader reader(packet.rest);
    const auto handle = reader.text();
    if (packet.type != Type::handle || !reader.ok()) {
      --under_way_;
      return;
    }
    known_[file].handle = std::string(handle);
    client_.begin(Type::fstat).number(++client_.last_id_).text(handle);
    ask(file, About::attributes);
    // One byte more than there should be shows that it is longer by now.
    const auto length = static_cast<std::uint32_t>(files_[file].size + 1);
    client_.begin(Type::read).number(++client_.last_id_).text(handle).long_number(0).number(length);
    ask(file, About::content);
  }

  void read(Known& known, const Packet& packet) const {
    Reader reader(packet.rest);
    if (packet.type == Type::data) {
      const auto bytes = reader.text();
      if (reader.ok()) known.content = std::string(bytes);
    } else if (packet.type == Type::status && static_cast<Status>(reader.number()) == Status::eof && reader.ok()) {
      known.content = std::string();
    }
  }

  Result<> answered(std::size_t file) {
    auto& known = known_[file];
    if (++known.answers < 2) return {};
    client_.begin(Type::close).number(++client_.last_id_).text(known.handle);
    ask(file, About::close);
    const bool whole =
        known.size && known.content && *known.size == known.content->size() && *known.size == files_[file].size;
    const auto taken = whole ? take_(file, *known.content) : Result<>();
    known_.erase(file);
    return taken;
  }

  Client& client_;
  std::span<const SmallFile> files_;
  const Take& take_;
  std::map<std::uint32_t, Question> asked_;
  std::map<std::size_t, Known> known_;
  std::size_t under_way_ = 0;
};

Result<> Client::gather(std::span<const SmallFile> files, const Gathering::Take& take) {
  return Gathering(*this, files, take).run();
}

}  // namespace recast::storages::sftp
