#include "play.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <thread>

#include "account/totp.hpp"
#include "base/text.hpp"
#include "http/test_client.hpp"

namespace recast::api_test {

namespace json = boost::json;
using http::test::Client;

namespace {

constexpr std::string_view kBoundary = "----boundary-of-a-test";

Answer answer_of(const http::test::Reply& reply) { return {reply.status, reply.reason, reply.headers, reply.body}; }

/// The server's own links are absolute; requests go to its port anyway.
std::string path_of(std::string_view target) {
  if (const auto scheme = target.find("://"); scheme != std::string_view::npos) {
    return std::string(target.substr(target.find('/', scheme + 3)));
  }
  return std::string(target);
}

/// The value of `word=` among the words of an UPLOAD line.
std::string setting(const Step& step, std::string_view word) {
  for (const auto& one : step.words) {
    if (one.starts_with(word) && one.size() > word.size() && one[word.size()] == '=')
      return one.substr(word.size() + 1);
  }
  return {};
}

bool has_word(const Step& step, std::string_view word) {
  return std::ranges::find(step.words, word) != step.words.end();
}

std::string part(std::string_view name, std::string_view more, std::string_view value) {
  return fmt::format("--{}\r\nContent-Disposition: form-data; name=\"{}\"{}\r\n\r\n{}\r\n", kBoundary, name, more,
                     value);
}

std::string content_of(const Step& step) {
  return step.body.starts_with("zeros:") ? std::string(std::stoul(step.body.substr(6)), '\0') : step.body;
}

/// A form as a browser sends it, with the mistakes the step asks for.
std::string multipart(const Step& step, const json::object& form) {
  std::string fields;
  for (const auto& [name, value] : form.at("parameters").as_object()) {
    std::string text(value.as_string());
    if (setting(step, "drop") == name) continue;
    if (const auto set = setting(step, "set"); set.starts_with(std::string(name) + ":"))
      text = set.substr(name.size() + 1);
    fields += part(name, "", text);
  }
  const auto& name = step.words.at(2);
  const auto content = content_of(step);
  const auto file = part("file", name == "-" ? "" : fmt::format("; filename=\"{}\"", name), content);
  if (has_word(step, "nofile")) return fields + fmt::format("--{}--\r\n", kBoundary);
  if (has_word(step, "first")) return file + fields + fmt::format("--{}--\r\n", kBoundary);
  return fields + file + (has_word(step, "more") ? part("after", "", "ignored") : "") +
         fmt::format("--{}--\r\n", kBoundary);
}

/// The way back from account::base32.
std::string from_base32(std::string_view text) {
  constexpr std::string_view letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  std::string out;
  std::uint32_t buffer = 0;
  int bits = 0;
  for (const char c : text) {
    buffer = (buffer << 5) | static_cast<std::uint32_t>(letters.find(c) & 31);
    if ((bits += 5) < 8) continue;
    bits -= 8;
    out += static_cast<char>((buffer >> bits) & 255);
  }
  return out;
}

/// Waits for something that follows by itself, such as a connection that is being noticed as closed.
template <class Condition>
bool soon(const Condition& condition) {
  const auto end = Deadline::in(std::chrono::seconds(10));
  while (!condition()) {
    if (end.expired()) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  return true;
}

}  // namespace

std::vector<std::string> Player::play(const std::vector<Step>& steps) {
  std::vector<std::string> wrong;
  for (const auto& step : steps) {
    const auto answer = perform(step);
    if (!answer) {
      wrong.push_back(fmt::format("{}: {}", step.line, answer.error().message));
      return wrong;
    }
    const auto status = answer->status == 0 ? "gone" : std::to_string(answer->status);
    if (status != step.status) {
      wrong.push_back(fmt::format("{}: status {} instead of {}: {}", step.line, status, step.status, answer->body));
      return wrong;
    }
    for (const auto& expectation : step.expectations) {
      if (const auto difference = check(expectation, *answer, values_)) {
        wrong.push_back(fmt::format("{}: {} should be {} but {}", expectation.line, expectation.subject,
                                    expectation.pattern, *difference));
      }
    }
    if (!wrong.empty()) return wrong;
  }
  return wrong;
}

Result<Answer> Player::perform(const Step& step) {
  const auto& verb = step.words.front();
  if (verb == "UPLOAD") {
    auto written = step;
    for (auto& word : written.words) {
      RECAST_TRY(word, substitute(word, values_));
    }
    return upload(written);
  }
  if (verb == "LEAVE") return leave(step);
  if (verb == "ADVANCE") {
    server_.clock().advance(std::chrono::seconds(std::stol(step.words.at(1))));
    return Answer{.status = 200, .reason = {}, .headers = {}, .body = {}};
  }
  if (verb == "TOTP") {
    RECAST_TRY(const auto secret, substitute(step.words.at(2), values_));
    values_[step.words.at(1)] = account::totp_code(from_base32(secret), account::totp_step(server_.clock().now()));
    return Answer{.status = 200, .reason = {}, .headers = {}, .body = {}};
  }
  return request(step, verb == "SYNC" ? "sync" : "api");
}

Result<std::string> Player::head(const Step& step, const std::string& verb, const std::string& target,
                                 std::size_t length) {
  std::string out;
  bool host = false, key = false, is_browser = false, has_cookies = false;
  for (const auto& [name, text] : step.headers) {
    RECAST_TRY(const auto value, substitute(text, values_));
    host = host || name == "Host";
    key = key || name == "Authorization";
    is_browser = is_browser || (name == "Authorization" && value == "none");
    has_cookies = has_cookies || name == "Cookie";
    if (value != "none") out += fmt::format("{}: {}\r\n", name, value);
  }
  if (!host) out += fmt::format("Host: 127.0.0.1:{}\r\n", values_.at("port"));
  if (!key) out += fmt::format("Authorization: Bearer {}\r\n", values_.at("key"));
  if (is_browser && !has_cookies) out += cookies();
  if (length > 0 || verb == "POST") out += fmt::format("Content-Length: {}\r\n", length);
  return fmt::format("{} {} HTTP/1.1\r\n{}\r\n", verb, path_of(target), out);
}

Result<Answer> Player::request(const Step& step, std::string_view listener) {
  const std::size_t first = listener == "sync" ? 1 : 0;
  const auto& verb = step.words.at(first);
  RECAST_TRY(const auto target, substitute(step.words.at(first + 1), values_));
  RECAST_TRY(const auto body, substitute(step.body, values_));
  RECAST_TRY(const auto text, head(step, verb, target, body.size()));
  Client client(server_.port(listener));
  const auto reply = client.ask(text + body, verb == "HEAD");
  keep_cookies(reply);
  return answer_of(reply);
}

void Player::keep_cookies(const http::test::Reply& reply) {
  const auto found = reply.headers.find("set-cookie");
  if (found == reply.headers.end()) return;
  const auto pair = found->second.substr(0, found->second.find(';'));
  const auto equals = pair.find('=');
  cookies_[pair.substr(0, equals)] = pair.substr(equals + 1);
}

std::string Player::cookies() const {
  std::string list;
  for (const auto& [name, value] : cookies_) {
    if (!value.empty()) list += fmt::format("{}{}={}", list.empty() ? "Cookie: " : "; ", name, value);
  }
  return list.empty() ? list : list + "\r\n";
}

Result<Answer> Player::upload(const Step& step) {
  RECAST_TRY(const auto form_text, substitute("{{" + step.words.at(1) + "}}", values_));
  const auto form = json::parse(form_text).as_object();
  const auto body = multipart(step, form);
  auto with_type = step;
  with_type.headers.emplace_back("Content-Type", fmt::format("multipart/form-data; boundary={}", kBoundary));
  RECAST_TRY(const auto text, head(with_type, "POST", std::string(form.at("url").as_string()), body.size()));
  Client client(server_.port());
  if (!has_word(step, "cut")) return answer_of(client.ask(text + body));
  // The whole head and half of the file, then the cable is pulled.
  client.send(text + body.substr(0, body.size() - content_of(step).size() / 2));
  if (!soon([&] { return server_.uploads_under_way() == 1; }))
    return fail(ErrorCode::timeout, "the upload did not begin");
  client.reset();
  if (!soon([&] { return server_.uploads_under_way() == 0; }))
    return fail(ErrorCode::timeout, "the cut upload left a file");
  return Answer{};
}

/// Asks, waits until the server holds the answer back, and goes away.
Result<Answer> Player::leave(const Step& step) {
  RECAST_TRY(const auto target, substitute(step.words.at(2), values_));
  RECAST_TRY(const auto body, substitute(step.body, values_));
  RECAST_TRY(const auto text, head(step, step.words.at(1), target, body.size()));
  Client client(server_.port());
  client.send(text + body);
  if (!soon([&] { return server_.figures().waiting == 1; })) return fail(ErrorCode::timeout, "nothing waits");
  client.reset();
  if (!soon([&] { return server_.figures().waiting == 0; })) return fail(ErrorCode::timeout, "it still waits");
  return Answer{};
}

}  // namespace recast::api_test
