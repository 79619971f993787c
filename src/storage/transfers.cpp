#include "storage/transfers.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <map>
#include <stop_token>

#include "format/format.hpp"
#include "format/full_name.hpp"
#include "operation/files.hpp"
#include "storage/parallel.hpp"

namespace recast::storage {

namespace {

Origin origin_of(const operation::TaskContext& context) {
  return {.task = context.id().str(), .attempt = context.attempt(), .created = context.created()};
}

/// A task's connection whose transfers can be stopped when one of them failed.
class Transfers {
 public:
  Transfers(operation::TaskContext& context, const Terms& terms)
      : context_(context),
        terms_(terms),
        forward_(context.stop(), [this] { source_.request_stop(); }),
        connection_{context.net(), context.deadline(), source_.get_token(), terms.settings, origin_of(context)} {}

  const Connection& connection() const { return connection_; }
  Meter& meter() { return meter_; }

  /// `work` for each file, some at once, while this thread tells how far they are.
  Result<> each(std::size_t count, const std::function<Result<>(std::size_t)>& work) {
    const auto done = in_parallel(
        count, static_cast<std::size_t>(terms_.settings.files_at_once), work, [this] { say_percent(); },
        [this] { source_.request_stop(); });
    say_percent();
    return done;
  }

 private:
  void say_percent() {
    const auto percent = meter_.percent();
    if (percent > said_) context_.progress(said_ = percent);
  }

  operation::TaskContext& context_;
  const Terms& terms_;
  std::stop_source source_;
  std::stop_callback<std::function<void()>> forward_;
  Connection connection_;
  Meter meter_;
  int said_ = 0;
};

/// Which objects an import brings. Checked before anything is transferred.
Result<std::vector<Object>> chosen(ObjectStore& store, const Terms& terms) {
  const auto& choice = terms.choice;
  if (!choice.single.empty()) return std::vector<Object>{{choice.single, 0}};
  const auto most = static_cast<std::size_t>(terms.settings.max_files);
  RECAST_TRY(auto objects, store.list(choice.many, most));
  if (objects.empty()) {
    return fail(ErrorCode::not_found, choice.many_is_folder
                                          ? fmt::format("No files found in \"{}\"", choice.many)
                                          : fmt::format("No files found for prefix \"{}\"", choice.many));
  }
  if (objects.size() > most) return fail(ErrorCode::unavailable, fmt::format("There are more than {} files", most));
  const auto largest = static_cast<std::uint64_t>(terms.settings.max_file_bytes);
  const auto all = static_cast<std::uint64_t>(terms.settings.max_total_bytes);
  std::uint64_t total = 0;
  for (const auto& object : objects) {
    if (object.size > largest)
      return fail(ErrorCode::file_too_large, fmt::format("A file exceeds the maximum size of {} bytes", largest));
    total += object.size;
    if (total > all)
      return fail(ErrorCode::file_too_large, fmt::format("The files exceed the maximum size of {} bytes", all));
  }
  return objects;
}

/// Pieces of the objects that one thread brings in one go: many small ones, or one. `threads` bring them, and none
/// should be left with much when the others are done.
std::vector<std::span<Wanted>> pieces_of(std::span<Wanted> objects, std::size_t threads) {
  constexpr std::uint64_t kSmall = 32 << 10;
  const auto most = std::clamp<std::size_t>(objects.size() / (threads * 4), 1, 64);
  std::vector<std::span<Wanted>> pieces;
  for (std::size_t begin = 0; begin < objects.size();) {
    std::size_t count = 1;
    if (objects[begin].size <= kSmall) {
      while (count < most && begin + count < objects.size() && objects[begin + count].size <= kSmall) ++count;
    }
    pieces.push_back(objects.subspan(begin, count));
    begin += count;
  }
  return pieces;
}

/// Brings them into files of the work folder.
Result<operation::Files> bring(ObjectStore& store, const std::vector<Object>& objects, const fs::path& folder,
                               Transfers& transfers, std::size_t threads) {
  std::vector<Wanted> wanted;
  for (const auto& object : objects)
    wanted.push_back({object.name, object.size, folder / fmt::format("import-{}", wanted.size() + 1)});
  std::vector<std::uint64_t> sizes(wanted.size());
  const auto pieces = pieces_of(wanted, threads);
  RECAST_CHECK(transfers.each(pieces.size(), [&](std::size_t at) {
    const auto piece = pieces[at];
    const auto first = static_cast<std::size_t>(piece.data() - wanted.data());
    return store.fetch_some(piece, std::span(sizes).subspan(first, piece.size()), transfers.meter());
  }));
  operation::Files files(wanted.size());
  for (std::size_t at = 0; at < files.size(); ++at) {
    files[at].path = std::move(wanted[at].to);
    files[at].size = sizes[at];
  }
  return files;
}

void name_files(operation::Files& files, const std::vector<Object>& objects, const Choice& choice) {
  const bool single = !choice.single.empty();
  for (std::size_t at = 0; at < files.size(); ++at) {
    auto found = placed(choice.many, objects[at].name, single || choice.many_is_folder);
    files[at].dir = std::move(found.dir);
    files[at].name = std::move(found.name);
    if (files.size() == 1 && !choice.filename.empty()) files[at].name = choice.filename;
    files[at].name = format::full_file_name(files[at].name, files[at].path);
  }
  operation::make_unique(files);
}

std::string masked(std::string text, const std::vector<std::string>& secrets) {
  constexpr std::size_t kShortest = 4;  // shorter ones are part of ordinary words
  for (const auto& secret : secrets) {
    if (secret.size() < kShortest) continue;
    for (std::size_t at = 0; (at = text.find(secret, at)) != std::string::npos; at += 3) {
      text.replace(at, secret.size(), "***");
    }
  }
  return text;
}

}  // namespace

Error told(Error error, Direction direction, const Terms& terms) {
  const bool fetching = direction == Direction::fetching;
  const auto failed = fetching ? ErrorCode::download_failed : ErrorCode::upload_failed;
  const auto beginning =
      fetching ? fmt::format("Download from {}", terms.title) : fmt::format("Saving to {}", terms.title);
  switch (error.code) {
    case ErrorCode::disk_full:
      if (fetching) return error;
      error.code = failed;  // the other end's
      break;
    case ErrorCode::cancelled:
    case ErrorCode::internal:
    case ErrorCode::file_too_large:
      return error;
    case ErrorCode::timeout:
      return {ErrorCode::timeout, fmt::format("{} timed out", beginning), {}};
    case ErrorCode::invalid_credentials:
      break;
    default:
      error.code = failed;
  }
  error.message = fmt::format("{} failed: {}", beginning, masked(std::move(error.message), terms.secrets));
  error.field.clear();
  return error;
}

Result<operation::Outcome> import_objects(operation::TaskContext& context, const Terms& given) {
  auto terms = given;
  if (const auto largest = context.largest_file()) {
    auto& most = terms.settings.max_file_bytes;
    if (*largest < static_cast<std::uint64_t>(most)) most = static_cast<std::int64_t>(*largest);
  }
  Transfers transfers(context, terms);
  const auto fetch_all = [&]() -> Result<operation::Files> {
    RECAST_TRY(const auto store, terms.open(transfers.connection()));
    RECAST_TRY(const auto objects, chosen(*store, terms));
    if (terms.choice.single.empty()) {
      std::uint64_t total = 0;
      for (const auto& object : objects) total += object.size;
      transfers.meter().announce(total);
    }
    const auto threads = static_cast<std::size_t>(terms.settings.files_at_once);
    RECAST_TRY(auto files, bring(*store, objects, context.work(), transfers, threads));
    name_files(files, objects, terms.choice);
    return files;
  };
  auto files = fetch_all();
  if (!files) return std::unexpected(told(std::move(files).error(), Direction::fetching, terms));
  return operation::Outcome{.files = std::move(*files)};
}

Result<operation::Outcome> export_objects(operation::TaskContext& context, const Terms& terms) {
  const auto& inputs = context.inputs();
  std::vector<Outgoing> outgoing;
  std::uint64_t total = 0;
  for (const auto& input : inputs) {
    outgoing.push_back({input.dir, input.name});
    total += input.size;
  }
  Transfers transfers(context, terms);
  transfers.meter().announce(total);
  const auto send = [&]() -> Result<std::vector<std::string>> {
    RECAST_TRY(auto names, destinations(terms.choice, outgoing));
    if (names.empty()) return names;
    RECAST_TRY(const auto store, terms.open(transfers.connection()));
    RECAST_CHECK(transfers.each(
        names.size(), [&](std::size_t at) { return store->send(inputs[at].path, names[at], transfers.meter()); }));
    return names;
  };
  const auto names = send();
  if (!names) return std::unexpected(told(names.error(), Direction::saving, terms));
  // They are where the client wanted them; here only their names stay.
  operation::json::array files;
  for (std::size_t at = 0; at < names->size(); ++at) {
    const auto written = split_name((*names)[at]);
    operation::json::object file;
    if (!written.dir.empty()) file["dir"] = written.dir;
    file["filename"] = written.name;
    file["size"] = inputs[at].size;
    files.push_back(std::move(file));
  }
  operation::Outcome outcome;
  outcome.extra["files"] = std::move(files);
  return outcome;
}

}  // namespace recast::storage
