#include "engines/vips/worker/order.hpp"

#include "schema/parse.hpp"

namespace recast::engines::vips {

namespace {

std::string text(const boost::json::object& request, std::string_view name) {
  const auto* const value = request.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

bool flag(const boost::json::object& request, std::string_view name) {
  const auto* const value = request.if_contains(name);
  return value != nullptr && value->is_bool() && value->get_bool();
}

}  // namespace

Result<Order> Order::parse(const boost::json::object& request) {
  Order order{.from = text(request, "from"), .to = text(request, "to"), .options = {}, .pages = {}, .stamp = {}};
  if (order.to.empty()) return fail(ErrorCode::internal, "A request without a format reached the image worker.");
  order.sequence = flag(request, "sequence");
  order.measure = flag(request, "measure");
  order.overlay = flag(request, "overlay");
  if (const auto* const value = request.if_contains("pixel_limit"); value != nullptr && value->is_number()) {
    order.pixel_limit = value->to_number<std::uint64_t>();
  }
  if (const auto* const value = request.if_contains("options"); value != nullptr && value->is_object()) {
    RECAST_TRY(order.options, schema::parse<Options>(value->get_object()));
  }
  RECAST_TRY(order.pages, format::PageList::parse(order.options.pages));
  return order;
}

}  // namespace recast::engines::vips
