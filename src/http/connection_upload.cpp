#include <algorithm>

#include "http/connection.hpp"
#include "http/guarded.hpp"

namespace recast::http {

namespace {

constexpr std::size_t kSlice = 64 * 1024;         // the most the parser is offered at once
constexpr std::size_t kPiece = 256 * 1024;        // the most a sink is given at once
constexpr std::size_t kWorthWriting = 32 * 1024;  // below that a piece waits for more, if more is to come

Steady now() { return std::chrono::steady_clock::now(); }

Error too_large(std::int64_t limit) {
  return {ErrorCode::payload_too_large, "The upload is larger than " + std::to_string(limit) + " bytes.", {}};
}

}  // namespace

/// A body that goes into a sink while it arrives. Whatever goes wrong, the sink is gone when this returns.
Task<Connection::Next> Connection::run_upload(std::shared_ptr<Call> call) {
  const auto limit = static_cast<std::uint64_t>(core_.settings.upload_bytes);
  if (call->parser.framing().content_length.value_or(0) > limit) {
    call->close = call->more_may_come = true;
    reject(*call, too_large(core_.settings.upload_bytes), 413);
    co_return co_await answer(call);
  }
  const bool opened = co_await open_sink(call);
  if (!opened) {
    if (!call->parser.done()) call->close = call->more_may_come = true;
    reject(*call, call->written.error());
    co_return co_await answer(call);
  }
  const bool fed = co_await feed_sink(call);
  if (!fed) {
    co_await drop_sink(call);
    if (call->written) co_return Next::close;  // the client went away
    if (!call->parser.done()) call->close = call->more_may_come = true;
    const auto code = call->written.error().code;
    const unsigned status = code == ErrorCode::payload_too_large ? 413 : code == ErrorCode::request_timeout ? 408 : 0;
    reject(*call, call->written.error(), status);
    co_return co_await answer(call);
  }
  auto work = [call] {
    call->result = guarded(call->request, [&] { return call->sink->finish(); });
    call->sink.reset();
    if (call->result && std::holds_alternative<Deferred>(call->result->body)) {
      call->result = fault(call->request, "an upload cannot defer its answer");
    }
  };
  begin_admitted_work(core_.uploads, std::move(work));
  co_await work_done(Steady::max());
  if (!call->result) reject(*call, call->result.error());
  co_return co_await answer(call);
}

Task<bool> Connection::open_sink(std::shared_ptr<Call> call) {
  auto work = [call] {
    auto opened = guarded(call->request, [&] { return (*call->match.stream)(call->request); });
    if (opened && *opened != nullptr)
      call->sink = *std::move(opened);
    else if (opened)
      call->written = fault(call->request, "no sink");
    else
      call->written = std::unexpected(std::move(opened).error());
  };
  if (!begin_work(std::move(work))) {
    call->written = fail(ErrorCode::unavailable, "The server is overloaded. Try again later.");
    co_return false;
  }
  co_await work_done(Steady::max());
  co_return call->sink != nullptr;
}

/// True when the sink has all of the body. False with an error in `written`, or without one if the client is gone.
Task<bool> Connection::feed_sink(std::shared_ptr<Call> call) {
  const bool continued = co_await continue_if_expected(call);
  if (!continued) co_return false;
  const auto limit = static_cast<std::uint64_t>(core_.settings.upload_bytes);
  std::uint64_t total = 0;
  const auto piece = std::make_shared<std::string>();
  in_meter_.start(now(), received_);
  while (!call->parser.done()) {
    const auto read = co_await read_piece(call, piece);
    if (read == Io::timeout) call->written = fail(ErrorCode::request_timeout, "The upload was too slow.");
    if (read != Io::done || !call->written) co_return false;
    total += piece->size();
    if (total > limit) call->written = std::unexpected(too_large(core_.settings.upload_bytes));
    if (!call->written) co_return false;
    if (piece->empty()) continue;
    auto work = [call, piece] { call->written = guarded(call->request, [&] { return call->sink->write(*piece); }); };
    const auto given = now();
    begin_admitted_work(core_.uploads, std::move(work));
    co_await work_done(Steady::max());
    if (!call->written) co_return false;
    in_meter_.forgive(now() - given);
    piece->clear();
  }
  co_return true;
}

/// Collects what has come, up to a full piece or the end of the body.
Task<Connection::Io> Connection::read_piece(std::shared_ptr<Call> call, std::shared_ptr<std::string> piece) {
  while (true) {
    call->written = take_input(*call, *piece);
    if (!call->written || call->parser.done() || piece->size() > kPiece - kSlice) co_return Io::done;
    // Little by little costs a turn on the pool each time: a short wait collects more of a slow client's body.
    auto until = in_meter_.deadline();
    if (piece->size() >= kWorthWriting) until = std::min(until, now());
    const auto filled = co_await fill_piece(call, piece, until);
    if (filled == Io::closed) co_return filled;
    if (in_meter_.is_stalled(now(), received_)) co_return Io::timeout;
    if (filled == Io::timeout && piece->size() >= kWorthWriting) co_return Io::done;
  }
}

/// What was read before and can be used now: what came together with the head, or chunks.
Result<> Connection::take_input(Call& call, std::string& piece) {
  std::size_t used = 0;
  while (used < input_.size() && piece.size() <= kPiece - kSlice) {
    const auto offered = std::string_view(input_).substr(used, kSlice);
    const auto taken = call.parser.read_body(offered, piece);
    if (!taken) return std::unexpected(taken.error());
    if (*taken == 0) break;
    used += *taken;
  }
  call.received += used;
  input_.erase(0, used);
  return {};
}

/// Reads what is there, or waits for it: a plain body goes straight into the piece, chunks have to be decoded first.
Task<Connection::Io> Connection::fill_piece(std::shared_ptr<Call> call, std::shared_ptr<std::string> piece,
                                            Steady deadline) {
  if (call->parser.framing().chunked) co_return co_await fill(deadline);
  const auto have = piece->size();
  const auto most = static_cast<std::size_t>(std::min<std::uint64_t>(kPiece - have, call->parser.plain_left()));
  while (!aborted_) {
    piece->resize_and_overwrite(have + most, [](char*, std::size_t all) { return all; });
    const auto transfer = stream_.read(std::span(*piece).subspan(have));
    piece->resize(have + transfer.bytes);
    if (transfer.status == Stream::Status::closed) co_return Io::closed;
    if (transfer.status == Stream::Status::done) {
      received_ += transfer.bytes;
      call->received += transfer.bytes;
      call->parser.took_plain(transfer.bytes);
      co_return Io::done;
    }
    const auto waited = co_await wait_for(transfer.status, deadline);
    if (waited != Io::done) co_return waited;
  }
  co_return Io::closed;
}

/// Destroys the sink where it may block.
Task<void> Connection::drop_sink(std::shared_ptr<Call> call) {
  if (!call->sink) co_return;
  auto work = [call] { call->sink.reset(); };
  begin_admitted_work(core_.uploads, std::move(work));
  co_await work_done(Steady::max());
}

}  // namespace recast::http
