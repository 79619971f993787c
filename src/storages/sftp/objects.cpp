#include "storages/sftp/objects.hpp"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "base/io.hpp"

namespace recast::storages::sftp {

namespace {

constexpr std::chrono::seconds kCleanUp{20};
constexpr std::size_t kLongestPath = 4096;
constexpr std::string_view kCannotWrite = "The download cannot be written";
constexpr std::size_t kLongestPart = 255;  // of nearly every file system

/// Servers say no more than "Failure" there.
bool has_a_long_part(std::string_view path) {
  for (std::size_t begin = 0; begin < path.size();) {
    const auto end = std::min(path.find('/', begin), path.size());
    if (end - begin > kLongestPart) return true;
    begin = end + 1;
  }
  return false;
}

/// What is wrong, where the name itself is too long.
Error explained(Error error, std::string_view path) {
  if (error.code != ErrorCode::unavailable || !has_a_long_part(path)) return error;
  error.message = fmt::format("{} (a part of the name is longer than {} bytes)", error.message, kLongestPart);
  return error;
}

/// The folders that lead to a file, from the top.
std::vector<std::string> folders_of(const std::string& path) {
  std::vector<std::string> folders;
  for (auto slash = path.find('/', 1); slash != std::string::npos; slash = path.find('/', slash + 1)) {
    if (path[slash - 1] != '/') folders.push_back(path.substr(0, slash));
  }
  return folders;
}

Result<UniqueFd> create(const storage::fs::path& to) {
  UniqueFd fd(::open(to.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
  if (!fd) return std::unexpected(from_errno(errno, kCannotWrite));
  return fd;
}

}  // namespace

Result<std::string> path_of(const std::string& name) {
  if (name.find('\0') != std::string::npos)
    return fail(ErrorCode::invalid_data, "the name is not one of a file", "file");
  if (name.size() > kLongestPath)
    return fail(ErrorCode::invalid_data, fmt::format("the name is longer than {} bytes", kLongestPath), "file");
  if (name == "~" || name.empty()) return std::string(".");
  return name.starts_with("~/") ? "./" + name.substr(2) : name;
}

Objects::Objects(const Access& access, const Settings& settings, const storage::Connection& connection)
    : access_(access),
      settings_(settings),
      connection_(connection),
      host_keys_(settings, access, connection.settings.state_folder) {}

Result<std::unique_ptr<Connection>> Objects::lease(const Terms& terms) const {
  std::unique_ptr<Connection> connection;
  idle_.with([&](auto& idle) {
    if (idle.empty()) return;
    connection = std::move(idle.back());
    idle.pop_back();
  });
  if (!connection) return Connection::open(connection_.net, access_, host_keys_, terms);
  connection->set_terms(terms);
  return connection;
}

Result<> Objects::pause(int attempt) const {
  std::mutex mutex;
  std::condition_variable_any woken;
  std::unique_lock lock(mutex);
  const auto duration = connection_.deadline.left(connection_.net.patience().pause_after(attempt));
  woken.wait_for(lock, connection_.stop, duration, [] { return false; });
  if (connection_.stop.stop_requested()) return fail(ErrorCode::cancelled, "Task has been cancelled");
  return connection_.deadline.expired() ? fail(ErrorCode::timeout, "timed out") : Result<>();
}

Result<> Objects::with_connection(const std::function<Result<>(Connection&)>& work) const {
  for (int attempt = 1;; ++attempt) {
    auto connection = lease({connection_.deadline, connection_.stop, connection_.net.patience()});
    Result<> done;
    bool again = false;
    if (connection) {
      done = work(**connection);
      again = (*connection)->is_broken();
      // Where much is still under way, a new connection is faster.
      if (!again && (*connection)->client().is_at_rest())
        idle_.with([&](auto& idle) { idle.push_back(std::move(*connection)); });
    } else {
      done = std::unexpected(std::move(connection).error());
      again = done.error().code == ErrorCode::timeout || done.error().message.starts_with("could not connect") ||
              done.error().message.starts_with("the connection was cut");
    }
    if (done || !again || attempt >= connection_.net.patience().attempts) return done;
    RECAST_CHECK(pause(attempt));
  }
}

Result<std::vector<storage::Object>> Objects::list(const std::string& folder, std::size_t at_most) {
  RECAST_TRY(const auto path, path_of(folder));
  const auto front = folder.empty() || folder.ends_with('/') ? folder : folder + "/";
  std::vector<storage::Object> files;
  RECAST_CHECK(with_connection([&](Connection& connection) {
    auto& client = connection.client();
    files.clear();
    return client.list(path, [&](const Entry& entry) -> Result<bool> {
      // What no folder can hold is a server's attempt at something.
      if (entry.name.empty() || entry.name.find('/') != std::string::npos) return true;
      auto attributes = entry.attributes;
      if (attributes.is_link() || !attributes.permissions) {
        const auto target = client.stat(path + "/" + entry.name);
        if (!target)
          return target.error().code == ErrorCode::not_found ? Result<bool>(true) : std::unexpected(target.error());
        attributes = *target;
      }
      const bool dots = entry.name == "." || entry.name == "..";
      if (!dots && attributes.may_be_file()) files.push_back({front + entry.name, attributes.size.value_or(0)});
      return files.size() <= at_most;
    });
  }));
  std::ranges::sort(files, {}, &storage::Object::name);
  return files;
}

/// One file on its way here, over several connections.
class Objects::Fetching {
 public:
  Fetching(std::string path, std::uint64_t most, storage::Meter& meter)
      : path_(std::move(path)), most_(most), meter_(meter) {}

  Result<> create(const storage::fs::path& to) {
    RECAST_TRY(fd_, sftp::create(to));
    return {};
  }
  Result<> run(Client& client) {
    RECAST_TRY(const auto found, client.stat(path_));
    if (!found.may_be_file())
      return fail(ErrorCode::not_found, found.is_folder() ? "the name is that of a folder" : "not a file");
    RECAST_TRY(const auto handle, client.open(path_, kRead));
    RECAST_TRY(const auto now, client.stat_handle(handle));
    RECAST_CHECK(go_on_with(now));
    const auto known = now.size && *now.size > 0 ? now.size : std::nullopt;  // of some files nobody knows it before
    RECAST_CHECK(client.read(handle, done_, known, most_, fd_.get(), meter_));
    (void)client.close(handle);
    return {};
  }
  std::uint64_t done() const { return done_; }

 private:
  /// What an earlier connection brought is kept if the file is still the same.
  Result<> go_on_with(const Attributes& now) {
    if (now.size && *now.size > most_)
      return fail(ErrorCode::file_too_large,
                  "The file exceeds the maximum size of " + std::to_string(most_) + " bytes");
    if (!expected_ && now.size) meter_.expect(*now.size);
    const bool same =
        expected_ && now.size && now.modified && first_.size == now.size && first_.modified == now.modified;
    expected_ = true;
    first_ = now;
    if (!same) meter_.take_back(std::exchange(done_, 0));
    // Also pieces that came behind a gap go.
    return ::ftruncate(fd_.get(), static_cast<off_t>(done_)) == 0 ? Result<>()
                                                                  : std::unexpected(from_errno(errno, kCannotWrite));
  }

  std::string path_;
  std::uint64_t most_;
  storage::Meter& meter_;
  UniqueFd fd_;
  std::uint64_t done_ = 0;
  Attributes first_;
  bool expected_ = false;
};

Result<std::uint64_t> Objects::fetch(const std::string& name, const storage::fs::path& to, storage::Meter& meter) {
  RECAST_TRY(auto path, path_of(name));
  Fetching fetching(std::move(path), static_cast<std::uint64_t>(connection_.settings.max_file_bytes), meter);
  RECAST_CHECK(fetching.create(to));
  RECAST_CHECK(with_connection([&](Connection& connection) { return fetching.run(connection.client()); }));
  return fetching.done();
}

Result<> Objects::gather(std::span<const storage::Wanted> objects, std::vector<bool>& there,
                         storage::Meter& meter) const {
  std::vector<SmallFile> files;
  for (const auto& object : objects) {
    RECAST_TRY(auto path, path_of(object.name));
    files.push_back({std::move(path), object.size});
  }
  RECAST_TRY(auto connection, lease({connection_.deadline, connection_.stop, connection_.net.patience()}));
  auto gathered = connection->client().gather(files, [&](std::size_t at, std::string_view content) -> Result<> {
    RECAST_TRY(const auto fd, create(objects[at].to));
    if (const int error = write_all(fd.get(), content); error != 0)
      return std::unexpected(from_errno(error, kCannotWrite));
    meter.expect(content.size());
    meter.add(content.size());
    there[at] = true;
    return {};
  });
  if (!connection->is_broken() && connection->client().is_at_rest())
    idle_.with([&](auto& idle) { idle.push_back(std::move(connection)); });
  return gathered;
}

Result<> Objects::fetch_some(std::span<const storage::Wanted> objects, std::span<std::uint64_t> sizes,
                             storage::Meter& meter) {
  std::vector<bool> there(objects.size());
  if (objects.size() > 1) {
    const auto gathered = gather(objects, there, meter);
    if (!gathered && gathered.error().code == ErrorCode::disk_full) return gathered;
  }
  // The others one by one: that tries again what may be, and says what is wrong.
  for (std::size_t at = 0; at < objects.size(); ++at) {
    sizes[at] = objects[at].size;
    if (there[at]) continue;
    RECAST_TRY(sizes[at], fetch(objects[at].name, objects[at].to, meter));
  }
  return {};
}

Result<> Objects::make_folders(Client& client, const std::string& path) const {
  for (const auto& folder : folders_of(path)) {
    const auto found = client.stat(folder);
    if (found) continue;
    if (found.error().code != ErrorCode::not_found) return std::unexpected(found.error());
    auto made = client.make_folder(folder);
    if (made) {
      made_folders_.with([&](auto& folders) { folders.push_back(folder); });
    } else if (!client.stat(folder)) {  // another file's upload may have made it meanwhile
      return made;
    }
  }
  return {};
}

Result<std::string> Objects::open_for_writing(Client& client, const std::string& path) const {
  constexpr auto kHow = kWrite | kCreate | kTruncate;
  auto handle = client.open(path, kHow);
  if (!handle && handle.error().code == ErrorCode::not_found && settings_.make_parents) {
    RECAST_CHECK(make_folders(client, path));
    handle = client.open(path, kHow);
  }
  if (handle) return handle;
  // Servers say no more than "Failure" there.
  const auto found = client.stat(path);
  if (found && found->is_folder()) return fail(ErrorCode::unavailable, "the name is that of a folder");
  return handle;
}

Result<> Objects::send_once(Client& client, const storage::Source& source, const std::string& path, bool& begun,
                            storage::Meter& meter) const {
  RECAST_TRY(const auto handle, open_for_writing(client, path));
  begun = true;
  std::uint64_t sent = 0;
  const auto upload = [&]() -> Result<> {
    RECAST_CHECK(client.write(handle, source.whole().descriptor, source.size(), meter, sent));
    const auto there = client.stat_handle(handle);
    if (there && there->size && *there->size != source.size())
      return fail(ErrorCode::unavailable, "the server holds another number of bytes than were sent");
    return client.close(handle);
  };
  auto uploaded = upload();
  if (!uploaded) meter.take_back(sent);
  return uploaded;
}

void Objects::clean_up(const std::string& path) const {
  auto folders = made_folders_.with([](const auto& made) { return made; });
  for (int attempt = 0; attempt < 2; ++attempt) {  // an idle connection may have been cut meanwhile
    auto connection = lease({Deadline::in(kCleanUp), {}, connection_.net.patience()});
    if (!connection) return;
    auto& client = (*connection)->client();
    if (!path.empty()) (void)client.remove(path);
    // The deepest first. Where another file of the task is, or comes to be, they stay; its own clean-up tries again.
    for (auto folder = folders.rbegin(); folder != folders.rend() && !(*connection)->is_broken(); ++folder)
      (void)client.remove_folder(*folder);
    if (!(*connection)->is_broken()) return;
  }
}

Result<> Objects::send(const storage::fs::path& from, const std::string& name, storage::Meter& meter) {
  RECAST_TRY(const auto path, path_of(name));
  RECAST_TRY(const auto source, storage::Source::open(from));
  const auto written_to = settings_.temporary_name ? path + ".part" : path;
  bool begun = false;
  auto sent = with_connection([&](Connection& connection) -> Result<> {
    auto& client = connection.client();
    RECAST_CHECK(send_once(client, source, written_to, begun, meter));
    return settings_.temporary_name ? client.rename(written_to, path) : Result<>();
  });
  if (sent) return sent;
  const bool made_folders = made_folders_.with([](const auto& made) { return !made.empty(); });
  if (begun || made_folders) clean_up(begun ? written_to : std::string());
  return std::unexpected(explained(std::move(sent).error(), path));
}

Result<> Objects::remove(const std::string& name) {
  RECAST_TRY(const auto path, path_of(name));
  auto removed = with_connection([&](Connection& connection) { return connection.client().remove(path); });
  if (!removed && removed.error().code == ErrorCode::not_found) return {};
  return removed;
}

}  // namespace recast::storages::sftp
