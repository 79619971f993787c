#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "http/multipart.hpp"

// The same body, whole and in pieces of a size taken from its first byte, must give the same parts.
namespace {

using recast::Result;
using recast::http::MultipartParser;
using recast::http::Part;

std::string parse(std::string_view body, std::size_t step) {
  std::string log;
  MultipartParser::Events events;
  events.on_part = [&log](const Part& part) -> Result<> {
    log += "[" + part.name + "|" + part.file_name + "|" + part.content_type + "]";
    return {};
  };
  events.on_data = [&log](std::span<const char> bytes) -> Result<> {
    log.append(bytes.data(), bytes.size());
    return {};
  };
  events.on_part_end = [&log]() -> Result<> {
    log += "<end>";
    return {};
  };
  auto parser = MultipartParser::open("multipart/form-data; boundary=\"x-y\"", std::move(events));
  if (!parser) std::abort();
  for (std::size_t at = 0; at < body.size(); at += step) {
    const auto piece = body.substr(at, step);
    if (!parser->write(std::span(piece.data(), piece.size()))) return log + "error";
  }
  return log + (parser->finish() ? "good" : "bad");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0 || size > 8192) return 0;
  const std::string_view body(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto whole = parse(body, body.size() + 1), pieces = parse(body, 1 + data[0] % 32);
  if (whole != pieces) std::abort();
  // The head of the request is foreign, too.
  (void)MultipartParser::open(body, {});
  return 0;
}
