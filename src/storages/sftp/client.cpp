#include "storages/sftp/client.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace recast::storages::sftp {

namespace {

constexpr std::uint32_t kVersion = 3;
constexpr std::uint64_t kUnderWay = 2 << 20;   // bytes that are asked for or sent ahead: the window of common servers
constexpr std::uint32_t kLargest = 255 << 10;  // one request, where the server tells that it takes so much
constexpr std::uint32_t kFileMode = 0644;
constexpr std::uint32_t kFolderMode = 0755;

std::size_t depth(std::uint32_t piece) { return std::clamp<std::size_t>(kUnderWay / piece, 4, 64); }

Result<> write_at(int descriptor, std::string_view bytes, std::uint64_t offset) {
  while (!bytes.empty()) {
    const auto done = ::pwrite(descriptor, bytes.data(), bytes.size(), static_cast<off_t>(offset));
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return std::unexpected(from_errno(errno, "The download cannot be written"));
    bytes.remove_prefix(static_cast<std::size_t>(done));
    offset += static_cast<std::uint64_t>(done);
  }
  return {};
}

Result<> read_at(int descriptor, char* to, std::size_t count, std::uint64_t offset) {
  while (count > 0) {
    const auto done = ::pread(descriptor, to, count, static_cast<off_t>(offset));
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return fail(ErrorCode::internal, "The file cannot be read");
    to += done;
    count -= static_cast<std::size_t>(done);
    offset += static_cast<std::uint64_t>(done);
  }
  return {};
}

}  // namespace

Writer Client::begin(Type type) {
  ++unanswered_;
  return Writer(out_, type);
}

Result<> Client::push() {
  while (out_begin_ < out_.size()) {
    RECAST_TRY(const auto taken, channel_.write(std::string_view(out_).substr(out_begin_)));
    if (taken == 0) return {};
    out_begin_ += taken;
  }
  out_.clear();
  out_begin_ = 0;
  return {};
}

Result<std::optional<Packet>> Client::next() {
  // What has come is looked at first: the requests that follow from it go out together.
  RECAST_TRY(auto packet, inbox_.next());
  if (!packet) {
    RECAST_CHECK(push());
    RECAST_CHECK(channel_.read(inbox_.buffer()));
    RECAST_TRY(packet, inbox_.next());
  }
  if (!packet) return std::nullopt;
  if (unanswered_ == 0) return unreadable();  // nobody asked
  --unanswered_;
  return packet;
}

Result<Packet> Client::await() {
  for (;;) {
    RECAST_TRY(const auto packet, next());
    if (packet) return *packet;
    RECAST_CHECK(channel_.wait());
  }
}

Result<Packet> Client::answer() {
  const auto wanted = last_id_;
  for (;;) {
    RECAST_TRY(const auto packet, await());
    if (packet.id == wanted) return packet;
    if (unanswered_ == 0) return unreadable();
  }
}

Result<Packet> Client::answer(Type wanted) {
  RECAST_TRY(const auto packet, answer());
  if (packet.type == wanted) return packet;
  RECAST_CHECK(confirmed(packet));
  return unreadable();
}

Result<Status> Client::status_of(const Packet& packet, std::string& text) const {
  if (packet.type != Type::status) return unreadable();
  Reader reader(packet.rest);
  const auto status = static_cast<Status>(reader.number());
  if (!reader.ok()) return unreadable();
  text = std::string(reader.text());  // old servers leave it out
  return status;
}

Result<> Client::confirmed(const Packet& packet) const {
  std::string text;
  RECAST_TRY(const auto status, status_of(packet, text));
  if (status != Status::ok) return std::unexpected(meaning_of(status, text));
  return {};
}

Result<> Client::start() {
  begin(Type::init).number(kVersion);
  RECAST_TRY(const auto packet, await());
  if (packet.type != Type::version || packet.id < kVersion) return unreadable();
  bool has_limits = false;
  Reader reader(packet.rest);
  while (!reader.at_end()) {
    const auto name = reader.text();
    const auto value = reader.text();
    if (!reader.ok()) return unreadable();
    replaces_ = replaces_ || (name == "posix-rename@openssh.com" && value == "1");
    has_limits = has_limits || (name == "limits@openssh.com" && value == "1");
  }
  return has_limits ? ask_for_limits() : Result<>();
}

Result<> Client::ask_for_limits() {
  begin(Type::extended).number(++last_id_).text("limits@openssh.com");
  RECAST_TRY(const auto packet, answer());
  if (packet.type != Type::extended_reply) return {};
  Reader reader(packet.rest);
  reader.long_number();  // of a packet
  const auto read = reader.long_number();
  const auto write = reader.long_number();
  if (!reader.ok()) return {};
  const auto within = [](std::uint64_t limit, std::uint32_t usual) {
    return limit < usual ? usual : static_cast<std::uint32_t>(std::min<std::uint64_t>(limit, kLargest));
  };
  read_bytes_ = within(read, read_bytes_);
  write_bytes_ = within(write, write_bytes_);
  return {};
}

Result<Attributes> Client::stat(std::string_view path) {
  begin(Type::stat).number(++last_id_).text(path);
  RECAST_TRY(const auto packet, answer(Type::attributes));
  Reader reader(packet.rest);
  const auto attributes = reader.attributes();
  return reader.ok() ? Result<Attributes>(attributes) : unreadable();
}

Result<Attributes> Client::stat_handle(std::string_view handle) {
  begin(Type::fstat).number(++last_id_).text(handle);
  RECAST_TRY(const auto packet, answer(Type::attributes));
  Reader reader(packet.rest);
  const auto attributes = reader.attributes();
  return reader.ok() ? Result<Attributes>(attributes) : unreadable();
}

Result<std::string> Client::open(std::string_view path, std::uint32_t how) {
  {
    auto request = begin(Type::open);
    request.number(++last_id_).text(path).number(how);
    if ((how & kCreate) != 0) {
      request.mode(kFileMode);
    } else {
      request.no_attributes();
    }
  }
  RECAST_TRY(const auto packet, answer(Type::handle));
  Reader reader(packet.rest);
  std::string handle(reader.text());
  return reader.ok() ? Result<std::string>(std::move(handle)) : unreadable();
}

Result<> Client::close(std::string_view handle) {
  begin(Type::close).number(++last_id_).text(handle);
  RECAST_TRY(const auto packet, answer());
  return confirmed(packet);
}

Result<> Client::remove(std::string_view path) {
  begin(Type::remove).number(++last_id_).text(path);
  RECAST_TRY(const auto packet, answer());
  return confirmed(packet);
}

Result<> Client::make_folder(std::string_view path) {
  begin(Type::mkdir).number(++last_id_).text(path).mode(kFolderMode);
  RECAST_TRY(const auto packet, answer());
  return confirmed(packet);
}

Result<> Client::remove_folder(std::string_view path) {
  begin(Type::rmdir).number(++last_id_).text(path);
  RECAST_TRY(const auto packet, answer());
  return confirmed(packet);
}

Result<> Client::rename(std::string_view from, std::string_view to) {
  if (replaces_) {
    begin(Type::extended).number(++last_id_).text("posix-rename@openssh.com").text(from).text(to);
    RECAST_TRY(const auto packet, answer());
    return confirmed(packet);
  }
  const auto plain = [&]() -> Result<> {
    begin(Type::rename).number(++last_id_).text(from).text(to);
    RECAST_TRY(const auto packet, answer());
    return confirmed(packet);
  };
  if (auto renamed = plain(); renamed || !stat(to)) return renamed;
  RECAST_CHECK(remove(to));  // version 3 renames to no name that is taken
  return plain();
}

Result<> Client::list(std::string_view path, const std::function<Result<bool>(const Entry&)>& each) {
  begin(Type::opendir).number(++last_id_).text(path);
  RECAST_TRY(const auto opened, answer(Type::handle));
  Reader opened_reader(opened.rest);
  const std::string handle(opened_reader.text());
  if (!opened_reader.ok()) return unreadable();
  std::vector<Entry> entries;
  for (bool more = true; more;) {
    begin(Type::readdir).number(++last_id_).text(handle);
    RECAST_TRY(const auto packet, answer());
    if (packet.type != Type::name) {
      std::string text;
      RECAST_TRY(const auto status, status_of(packet, text));
      if (status == Status::eof) break;
      return std::unexpected(meaning_of(status, text));
    }
    Reader reader(packet.rest);
    const auto count = reader.number();
    if (count == 0) return unreadable();
    entries.clear();
    for (std::uint32_t at = 0; at < count && reader.ok(); ++at) {
      Entry entry{std::string(reader.text()), {}};
      reader.text();  // as "ls -l" shows it
      entry.attributes = reader.attributes();
      entries.push_back(std::move(entry));
    }
    if (!reader.ok()) return unreadable();
    for (const auto& entry : entries) {  // may ask more itself
      RECAST_TRY(more, each(entry));
      if (!more) break;
    }
  }
  return close(handle);
}

/// One file on its way here: which pieces of it are asked for.
class Client::Reading {
 public:
  Reading(std::uint64_t begin, std::optional<std::uint64_t> end) : next_(begin), end_(end) {}

  bool wants_more(std::uint32_t piece) const { return asked_.size() < depth(piece) && (!end_ || next_ < *end_); }
  Piece following(std::uint32_t piece) {
    const auto length = end_ ? std::min<std::uint64_t>(piece, *end_ - next_) : piece;
    const Piece one{next_, static_cast<std::uint32_t>(length)};
    next_ += length;
    return one;
  }
  void ask(std::uint32_t id, const Piece& piece) { asked_.emplace(id, piece); }
  std::optional<Piece> answered(std::uint32_t id) {
    const auto found = asked_.find(id);
    if (found == asked_.end()) return std::nullopt;
    const auto piece = found->second;
    asked_.erase(found);
    return piece;
  }
  /// The file ends here. False if it was to be longer.
  bool ends_at(std::uint64_t offset) {
    const bool known = ends_;
    if (end_ && !known) return false;
    ends_ = true;
    end_ = known ? std::min(*end_, offset) : offset;
    return true;
  }
  bool complete() const { return asked_.empty() && end_ && next_ >= *end_; }
  /// All before is there, if nothing more comes.
  std::uint64_t whole_until() const {
    auto until = ends_ ? *end_ : next_;
    for (const auto& [id, piece] : asked_) until = std::min(until, piece.offset);
    return until;
  }

 private:
  std::uint64_t next_;
  std::optional<std::uint64_t> end_;
  bool ends_ = false;  ///< end_ was found by reading
  std::map<std::uint32_t, Piece> asked_;
};

Result<> Client::read(std::string_view handle, std::uint64_t& done, std::optional<std::uint64_t> end,
                      std::uint64_t most, int descriptor, storage::Meter& meter) {
  Reading reading(done, end);
  std::uint64_t counted = 0;
  const auto ask = [&](const Piece& piece) {
    begin(Type::read).number(++last_id_).text(handle).long_number(piece.offset).number(piece.length);
    reading.ask(last_id_, piece);
  };
  const auto take = [&](const Packet& packet) -> Result<> {
    const auto piece = reading.answered(packet.id);
    if (!piece) return {};  // of a request that was given up
    const auto lost = [&](auto error) {
      reading.ask(packet.id, *piece);
      return error;
    };
    if (packet.type != Type::data) {
      std::string text;
      auto status = status_of(packet, text);
      if (!status) return lost(std::unexpected(std::move(status).error()));
      if (*status != Status::eof) return lost(std::unexpected(meaning_of(*status, text)));
      if (!reading.ends_at(piece->offset)) return lost(fail(ErrorCode::unavailable, "the file became shorter"));
      return {};
    }
    Reader reader(packet.rest);
    const auto bytes = reader.text();
    if (!reader.ok() || bytes.empty() || bytes.size() > piece->length) return lost(unreadable());
    if (piece->offset + bytes.size() > most)
      return lost(fail(ErrorCode::file_too_large, "The file exceeds the maximum size"));
    if (auto written = write_at(descriptor, bytes, piece->offset); !written)
      return lost(std::unexpected(std::move(written).error()));
    meter.add(bytes.size());
    counted += bytes.size();
    const auto got = static_cast<std::uint32_t>(bytes.size());
    if (got < piece->length) ask({piece->offset + got, piece->length - got});
    return {};
  };
  const auto transfer = [&]() -> Result<> {
    while (!reading.complete()) {
      while (reading.wants_more(read_bytes_)) ask(reading.following(read_bytes_));
      RECAST_TRY(const auto packet, await());
      RECAST_CHECK(take(packet));
    }
    return {};
  };
  const auto before = done;
  auto transferred = transfer();
  done = std::max(before, reading.whole_until());
  // What came behind a gap comes once more.
  const auto kept = done - before;
  if (counted > kept) meter.take_back(counted - kept);
  return transferred;
}

Result<> Client::fill(std::string_view handle, int descriptor, const Piece& piece) {
  const auto before = out_.size();
  Result<> filled;
  {
    auto request = begin(Type::write);
    request.number(last_id_ + 1).text(handle).long_number(piece.offset).number(piece.length);
    const auto at = out_.size();
    out_.resize(at + piece.length);
    filled = read_at(descriptor, out_.data() + at, piece.length, piece.offset);
  }
  if (!filled) {
    out_.resize(before);
    --unanswered_;
    return filled;
  }
  ++last_id_;
  return {};
}

Result<> Client::write(std::string_view handle, int descriptor, std::uint64_t size, storage::Meter& meter,
                       std::uint64_t& sent) {
  std::map<std::uint32_t, std::uint32_t> asked;  // lengths by id
  std::uint64_t next_byte = 0;
  const auto most = depth(write_bytes_);
  while (next_byte < size || !asked.empty()) {
    // Only what goes out at once is read from the file: whoever cancels does not wait for more.
    while (out_.empty() && next_byte < size && asked.size() < most) {
      const Piece piece{next_byte, static_cast<std::uint32_t>(std::min<std::uint64_t>(write_bytes_, size - next_byte))};
      RECAST_CHECK(fill(handle, descriptor, piece));
      asked.emplace(last_id_, piece.length);
      next_byte += piece.length;
      RECAST_CHECK(push());
    }
    RECAST_TRY(const auto packet, next());
    if (!packet) {
      RECAST_CHECK(channel_.wait());
      continue;
    }
    const auto found = asked.find(packet->id);
    if (found == asked.end()) continue;  // of a request that was given up
    RECAST_CHECK(confirmed(*packet));
    meter.add(found->second);
    sent += found->second;
    asked.erase(found);
  }
  return {};
}

}  // namespace recast::storages::sftp
