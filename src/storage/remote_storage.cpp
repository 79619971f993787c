#include "storage/remote_storage.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdlib>
#include <fstream>

#include "base/log.hpp"
#include "storage/parallel.hpp"

namespace recast::storage {

namespace {

constexpr std::chrono::minutes kFresh{10};
constexpr std::chrono::hours kLongest{5};  // of one transfer
constexpr std::size_t kPutsAtOnce = 4;
constexpr std::size_t kMostListed = 10'000'000;

/// What a client may be told of a storage that is the operator's: no more than that; the cause is logged.
Error of_storage(Error error) {
  if (error.code == ErrorCode::cancelled) return error;
  if (error.code == ErrorCode::disk_full) {
    log::error("the file storage, or this disk, is full", {{"cause", error.message}});
    return {ErrorCode::disk_full, "The server's file storage is full.", {}};
  }
  if (error.code == ErrorCode::not_found) return {ErrorCode::not_found, "The file is gone.", {}};
  log::error("the file storage does not do what it should", {{"cause", error.message}});
  return {ErrorCode::unavailable, "The file storage does not answer.", {}};
}

/// No key is spelled like it, so that listings pass it over.
constexpr std::string_view kOwner = "recast installation";

}  // namespace

RemoteStorage::RemoteStorage(Open open, std::string prefix, Surroundings around)
    : open_(std::move(open)), prefix_(std::move(prefix)), around_(std::move(around)) {}

Result<std::unique_ptr<Storage>> RemoteStorage::open(Open open, std::string prefix, Surroundings around) {
  if (around.net == nullptr) return fail(ErrorCode::internal, "this storage needs a network");
  if (!prefix.empty() && !prefix.ends_with('/')) prefix += '/';
  auto storage =
      std::unique_ptr<RemoteStorage>(new RemoteStorage(std::move(open), std::move(prefix), std::move(around)));
  RECAST_CHECK(storage->opened());
  if (!storage->around_.installation.empty()) RECAST_CHECK(storage->claim());
  return storage;
}

Result<> RemoteStorage::claim() const {
  RECAST_TRY(const auto current, opened());
  const auto path = around_.spool / kOwner;
  Meter meter;
  const auto known = current->store->fetch(prefix_ + std::string(kOwner), path, meter);
  if (known) {
    std::string owner;
    std::getline(std::ifstream(path), owner);
    std::error_code ignored;
    fs::remove(path, ignored);
    if (owner == around_.installation) return {};
    return fail(
        ErrorCode::conflict,
        fmt::format("the file storage belongs to another installation (object \"{}{}\"): choose another bucket or "
                    "prefix, or remove that object if its files are yours now",
                    prefix_, kOwner));
  }
  if (known.error().code != ErrorCode::not_found)
    return fail(ErrorCode::unavailable, fmt::format("the file storage: {}", known.error().message));
  std::ofstream(path) << around_.installation << "\n";
  const auto sent = current->store->send(path, prefix_ + std::string(kOwner), meter);
  std::error_code ignored;
  fs::remove(path, ignored);
  return sent ? Result<>{} : fail(ErrorCode::unavailable, fmt::format("the file storage: {}", sent.error().message));
}

Result<std::shared_ptr<RemoteStorage::Opened>> RemoteStorage::opened() const {
  const auto now = std::chrono::steady_clock::now();
  auto current = current_.with([](const auto& one) { return one; });
  if (current && now - current->since < kFresh) return current;
  auto fresh = std::make_shared<Opened>(Opened{{*around_.net, Deadline::in(kLongest + kFresh), {}, {}}, nullptr, now});
  RECAST_TRY(fresh->store, open_(fresh->connection));
  current_.with([&](auto& one) { one = fresh; });
  return fresh;
}

Result<> RemoteStorage::put(const Key& key, const fs::path& file) {
  std::error_code error;
  if (!fs::is_regular_file(file, error)) return fail(ErrorCode::internal, "what is to be kept is no file");
  RECAST_TRY(const auto current, opened());
  Meter meter;
  const auto sent = current->store->send(file, prefix_ + key.str(), meter);
  return sent ? Result<>{} : std::unexpected(of_storage(sent.error()));
}

Result<> RemoteStorage::put_all(std::span<const Deposit> deposits) {
  return in_parallel(deposits.size(), kPutsAtOnce,
                     [&](std::size_t at) { return put(deposits[at].key, deposits[at].file); });
}

Result<fs::path> RemoteStorage::spooled(const Key& key) const {
  RECAST_TRY(const auto current, opened());
  auto name = (around_.spool / "object-XXXXXX").string();
  const UniqueFd reserved(::mkostemp(name.data(), O_CLOEXEC));
  if (!reserved) return std::unexpected(from_errno(errno, "the file storage's folder"));
  Meter meter;
  const auto size = current->store->fetch(prefix_ + key.str(), name, meter);
  if (size) return fs::path(name);
  std::error_code ignored;
  fs::remove(name, ignored);
  return std::unexpected(of_storage(size.error()));
}

Result<Stat> RemoteStorage::get(const Key& key, const fs::path& to) {
  RECAST_TRY(const auto path, spooled(key));
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (!error) fs::rename(path, to, error);
  if (error == std::errc::cross_device_link) {
    error.clear();
    fs::copy_file(path, to, fs::copy_options::overwrite_existing, error);
    std::error_code ignored;
    fs::remove(path, ignored);
  }
  if (error) return std::unexpected(from_errno(error.value(), to.string()));
  return Stat{size};
}

Result<UniqueFd> RemoteStorage::open(const Key& key) {
  RECAST_TRY(const auto path, spooled(key));
  UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  std::error_code ignored;
  fs::remove(path, ignored);  // it lives as long as the descriptor
  if (!fd) return std::unexpected(from_errno(errno, "the file storage's folder"));
  return fd;
}

Result<> RemoteStorage::list(std::string_view prefix, const std::function<Result<>(const Key&)>& each) {
  RECAST_TRY(const auto current, opened());
  const auto objects = current->store->list(prefix_ + std::string(prefix), kMostListed);
  if (!objects) return std::unexpected(of_storage(objects.error()));
  for (const auto& object : *objects) {
    // Whatever else lies there is not ours.
    const auto key = Key::parse(std::string_view(object.name).substr(prefix_.size()));
    if (key) RECAST_CHECK(each(*key));
  }
  return {};
}

Result<> RemoteStorage::remove(const Key& key) {
  RECAST_TRY(const auto current, opened());
  const auto removed = current->store->remove(prefix_ + key.str());
  return removed ? Result<>{} : std::unexpected(of_storage(removed.error()));
}

}  // namespace recast::storage
