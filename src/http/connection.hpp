#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "http/answer.hpp"
#include "http/core.hpp"
#include "http/meter.hpp"
#include "http/request_parser.hpp"
#include "http/stream.hpp"
#include "http/websocket_codec.hpp"

namespace recast::http {

class Peer;
class Waiter;

/// One request being answered. Shared with the work it has on the pool.
struct Call {
  Call(Budget& bodies, std::size_t head_limit) : parser(head_limit), body_memory(bodies) {}

  RequestParser parser;
  Reservation body_memory;
  Request request;
  Router::Match match;
  Steady started = std::chrono::steady_clock::now();
  std::uint64_t received = 0;
  std::uint64_t sent = 0;
  bool close = false;          ///< the connection ends after the answer
  bool more_may_come = false;  ///< and the client may still be sending
  std::atomic<bool> claimed = false;
  bool claim() { return !claimed.exchange(true); }
  // Written by work on the pool, read on the loop after it is done.
  Result<Response> result = Response{};
  std::unique_ptr<BodySink> sink;
  Result<> written;
  std::shared_ptr<Waiter> waiter;
  std::function<void()> cancel;       ///< of a deferred answer
  std::function<Response()> at_stop;  ///< of a deferred answer
};

/// One TCP connection, plain or TLS: a coroutine that reads requests, has them answered and sends the answers, until
/// one side closes or it becomes a WebSocket. Owned by that coroutine and by what it waits for. All members are touched
/// on the loop's thread only, except those handed to work on the pool while the coroutine waits for that work.
class Connection final : public std::enable_shared_from_this<Connection> {
 public:
  enum class Admission { granted, refused };

  Connection(Core& core, Loop& loop, const Origin& origin, Socket socket, const AddressBytes& peer,
             Admission admission);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void start();
  void stop();   ///< finish what is under way, then close
  void abort();  ///< close now
  void wake();   ///< let the coroutine look around
  Loop& loop() { return loop_; }

 private:
  enum class Io { done, closed, timeout };
  enum class Next { request, websocket, close };

  // connection.cpp: life, waiting, moving bytes
  Task<void> run();
  Task<void> run_inside();
  Task<bool> handshake();
  Task<void> refuse_connection();
  Task<void> close_politely();
  Task<void> wait(Steady deadline);
  void watch(Stream::Status want);
  Task<Io> wait_for(Stream::Status want, Steady deadline);
  Task<Io> fill(Steady deadline);
  Task<Io> flush();

  // connection_work.cpp: work on a pool
  bool begin_work(Pool::Work work);  ///< on the handlers' one; false if too much is waiting already
  void begin_admitted_work(Pool& pool, Pool::Work work);
  Pool::Work carried(Pool::Work work);
  Task<bool> work_done(Steady deadline);

  // connection_request.cpp: reading a request and finding who answers it
  Task<Next> serve();
  Task<bool> await_request();
  Task<bool> read_head(std::shared_ptr<Call> call);
  void prepare(Call& call);
  Task<Next> dispatch(std::shared_ptr<Call> call);
  Task<Next> answer_unmatched(std::shared_ptr<Call> call);
  Task<bool> continue_if_expected(std::shared_ptr<Call> call);
  Task<bool> read_body(std::shared_ptr<Call> call);
  Task<bool> give_up(std::shared_ptr<Call> call, unsigned status, std::string reason = {});
  Task<bool> discard_body(std::shared_ptr<Call> call);
  static void call_handler(Call& call);
  static void cancel_wait(Call& call);
  Task<Next> run_handler(std::shared_ptr<Call> call);
  Task<bool> await_answer(std::shared_ptr<Call> call);

  // connection_upload.cpp
  Task<Next> run_upload(std::shared_ptr<Call> call);
  Task<bool> open_sink(std::shared_ptr<Call> call);
  Task<bool> feed_sink(std::shared_ptr<Call> call);
  Task<Io> read_piece(std::shared_ptr<Call> call, std::shared_ptr<std::string> piece);
  Result<> take_input(Call& call, std::string& piece);
  Task<Io> fill_piece(std::shared_ptr<Call> call, std::shared_ptr<std::string> piece, Steady deadline);
  Task<void> drop_sink(std::shared_ptr<Call> call);

  // connection_answer.cpp
  Response render(const Request& request, const Error& error) const;
  void reject(Call& call, const Error& error, unsigned status = 0) const;
  Task<Next> answer(std::shared_ptr<Call> call);
  void add_common_headers(const Call& call, Headers& headers) const;
  Task<bool> send_text(std::shared_ptr<Call> call, Response response);
  Task<bool> send_file(std::shared_ptr<Call> call, Response response);
  Response refuse_file(const Call& call, unsigned status, const Headers& about) const;
  Task<bool> send_pieces(std::shared_ptr<Call> call, int file, std::uint64_t from, std::uint64_t count);
  void report(const Call& call, unsigned status) const;

  // connection_websocket.cpp
  Task<Next> open_websocket(std::shared_ptr<Call> call);
  Task<void> serve_websocket();
  bool advance_websocket(WebSocketReader& reader, Steady& deadline);
  bool read_websocket(WebSocketReader& reader);
  void handle_message(std::string text);
  Task<void> end_websocket();

  Core& core_;
  Loop& loop_;
  const Origin& origin_;
  Socket socket_;
  Stream stream_;
  Timer timer_;
  AddressBytes peer_;
  Admission admission_;

  bool woken_ = false;
  bool watching_read_ = false;
  bool watching_write_ = false;
  bool read_ready_ = false;
  bool write_ready_ = false;
  bool idle_ = false;  // between two requests: a stop may close at once
  bool stopping_ = false;
  bool aborted_ = false;
  bool working_ = false;
  bool first_ = true;       // no request has come yet
  bool lingering_ = false;  // the client may still be sending when we close

  std::string input_;   // read and not yet used
  std::string output_;  // to be sent
  std::size_t output_at_ = 0;
  std::uint64_t received_ = 0;
  std::uint64_t sent_ = 0;
  Meter in_meter_;
  Meter out_meter_;

  bool peer_closed_ = false;  // a close frame has come
  std::shared_ptr<Peer> websocket_;
  std::unique_ptr<WebSocketSession> session_;
};

}  // namespace recast::http
