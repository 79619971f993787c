#include "engines/archivetool/worker/order.hpp"

#include <string_view>

namespace recast::engines::archivetool {

namespace {

std::string text(const boost::json::object& request, std::string_view name) {
  const auto* const value = request.if_contains(name);
  return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

std::optional<std::int64_t> number(const boost::json::object& request, std::string_view name) {
  const auto* const value = request.if_contains(name);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  boost::system::error_code error;
  const auto result = value->to_number<std::int64_t>(error);
  return error ? std::nullopt : std::optional(result);
}

std::string first_name(const boost::json::object& request) {
  const auto* const names = request.if_contains("names");
  if (names == nullptr || !names->is_array() || names->get_array().empty()) return {};
  const auto& first = names->get_array().front();
  if (!first.is_string()) return {};
  const std::string_view path = first.get_string();
  return std::string(path.substr(path.rfind('/') + 1));
}

}  // namespace

Result<Order> Order::parse(const boost::json::object& request) {
  const auto task = text(request, "task");
  Order order{.from = text(request, "from"),
              .to = text(request, "to"),
              .password = text(request, "password"),
              .pattern = text(request, "pattern"),
              .name = first_name(request)};
  if (task == "unpack") {
    order.task = Task::unpack;
  } else if (task == "pack") {
    order.task = Task::pack;
  } else if (task != "repack") {
    return fail(ErrorCode::internal, "A request without a task reached the archive worker.");
  }
  if (const auto level = number(request, "level")) order.level = static_cast<int>(*level);
  order.files = static_cast<std::uint64_t>(number(request, "files").value_or(0));
  if (const auto most = number(request, "most_entries")) order.most_entries = static_cast<std::uint64_t>(*most);
  return order;
}

}  // namespace recast::engines::archivetool
