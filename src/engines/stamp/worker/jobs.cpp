#include "engines/stamp/worker/jobs.hpp"

#include <boost/json/serialize.hpp>
#include <charconv>

#include "base/text.hpp"
#include "engines/stamp/worker/drawing.hpp"
#include "engines/stamp/worker/look.hpp"
#include "schema/parse.hpp"

namespace recast::engines::stamp {

namespace json = worker::json;

namespace {

constexpr std::uint64_t kLargestImage = 100ULL << 20;
constexpr std::uint64_t kLongestLook = 64ULL << 10;

void replace(std::string& text, std::string_view what, const std::string& by) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

Result<> draw_page(const Drawing& drawing, worker::Job& job, const Write& write) {
  RECAST_CHECK(drawing.write_pdf(write));
  return worker::write_all(job.outputs[1], json::serialize(engine::stamp::to_object(drawing.measures())));
}

Result<> draw_picture(const Drawing& drawing, worker::Job& job, std::string words, const Write& write) {
  RECAST_TRY(const auto look, worker::read_all(job.inputs.back(), kLongestLook));
  RECAST_TRY(const auto canvas, canvas_of({look.data(), look.size()}));
  RECAST_TRY(const auto corner, drawing.write_png(canvas, write));
  replace(words, "{x}", std::to_string(corner.x));
  replace(words, "{y}", std::to_string(corner.y));
  return worker::write_all(job.outputs[1], words);
}

}  // namespace

Result<json::object> run_job(worker::Job& job) {
  const auto* const wanted = job.request.if_contains("options");
  const auto* const image = job.request.if_contains("image");
  const auto* const words = job.request.if_contains("words");
  if (wanted == nullptr || !wanted->is_object() || image == nullptr || job.outputs.size() != 2)
    return fail(ErrorCode::internal, "The drawing worker does not know this job.");
  RECAST_TRY(const auto options, schema::parse<engine::stamp::Options>(wanted->get_object()));
  std::vector<char> file;
  const bool has_image = image->is_bool() && image->get_bool();
  if (job.inputs.size() != (has_image ? 1U : 0U) + (words != nullptr ? 1U : 0U))
    return fail(ErrorCode::internal, "The drawing worker got other files than it wants.");
  if (has_image) {
    RECAST_TRY(file, worker::read_all(job.inputs.front(), kLargestImage));
  }
  RECAST_TRY(const auto subject, has_image ? make_image(file, options) : make_text(options));
  const Drawing drawing(*subject, options);
  const Write write = [&](std::string_view bytes) { return worker::write_all(job.outputs[0], bytes).has_value(); };
  const auto drawn = words != nullptr && words->is_string()
                         ? draw_picture(drawing, job, std::string(words->get_string()), write)
                         : draw_page(drawing, job, write);
  RECAST_CHECK(drawn);
  return json::object{{"width", drawing.measures().width}, {"height", drawing.measures().height}};
}

}  // namespace recast::engines::stamp
